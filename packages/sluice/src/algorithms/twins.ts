import { adaptiveLua } from "./adaptive/lua.ts";
import { adaptiveSql } from "./adaptive/sql.ts";
import { bucketLua } from "./bucket/lua.ts";
import { bucketSql } from "./bucket/sql.ts";
import { logLua } from "./log/lua.ts";
import { logSql } from "./log/sql.ts";
import type { Twin } from "./Twin.ts";
import { windowLua } from "./window/lua.ts";
import { windowSql } from "./window/sql.ts";

/** The twins of all machines, each under the name of its machine. */
export const twins: readonly Twin[] = [
  { name: "bucket", lua: bucketLua, sql: bucketSql },
  { name: "window", lua: windowLua, sql: windowSql },
  { name: "log", lua: logLua, sql: logSql },
  { name: "adaptive", lua: adaptiveLua, sql: adaptiveSql },
];
