import { adaptiveAdjustLua, adaptiveLua } from "./adaptive/lua.ts";
import { adaptiveAdjustSql, adaptiveSql } from "./adaptive/sql.ts";
import { bucketAdjustLua, bucketBookLua, bucketLua } from "./bucket/lua.ts";
import { bucketOneLimit } from "./bucket/oneLimitSql.ts";
import { bucketAdjustSql, bucketBookSql, bucketSql } from "./bucket/sql.ts";
import { logAdjustLua, logLua } from "./log/lua.ts";
import { logAdjustSql, logSql } from "./log/sql.ts";
import type { Twin } from "./Twin.ts";
import { windowAdjustLua, windowLua } from "./window/lua.ts";
import { windowOneLimit } from "./window/oneLimitSql.ts";
import { windowAdjustSql, windowSql } from "./window/sql.ts";

/** The twins of all machines, each under the name of its machine. */
export const twins: readonly Twin[] = [
  {
    name: "bucket",
    lua: bucketLua,
    adjustLua: bucketAdjustLua,
    bookLua: bucketBookLua,
    sql: bucketSql,
    adjustSql: bucketAdjustSql,
    bookSql: bucketBookSql,
    oneLimitSql: bucketOneLimit,
  },
  {
    name: "window",
    lua: windowLua,
    adjustLua: windowAdjustLua,
    sql: windowSql,
    adjustSql: windowAdjustSql,
    oneLimitSql: windowOneLimit,
  },
  { name: "log", lua: logLua, adjustLua: logAdjustLua, sql: logSql, adjustSql: logAdjustSql },
  {
    name: "adaptive",
    lua: adaptiveLua,
    adjustLua: adaptiveAdjustLua,
    sql: adaptiveSql,
    adjustSql: adaptiveAdjustSql,
  },
];
