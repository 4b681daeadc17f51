import { adaptiveLua } from "./adaptive/lua.ts";
import { adaptiveSql } from "./adaptive/sql.ts";
import { bucketLua } from "./bucket/lua.ts";
import { bucketOneLimit } from "./bucket/oneLimitSql.ts";
import { bucketSql } from "./bucket/sql.ts";
import { logLua } from "./log/lua.ts";
import { logSql } from "./log/sql.ts";
import type { Twin } from "./Twin.ts";
import { windowLua } from "./window/lua.ts";
import { windowOneLimit } from "./window/oneLimitSql.ts";
import { windowSql } from "./window/sql.ts";

/** The twins of all machines, each under the name of its machine. */
export const twins: readonly Twin[] = [
  { name: "bucket", lua: bucketLua, sql: bucketSql, oneLimitSql: bucketOneLimit },
  { name: "window", lua: windowLua, sql: windowSql, oneLimitSql: windowOneLimit },
  { name: "log", lua: logLua, sql: logSql },
  { name: "adaptive", lua: adaptiveLua, sql: adaptiveSql },
];
