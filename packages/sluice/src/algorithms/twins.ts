import { bucketLua } from "./bucket/lua.ts";
import type { Twin } from "./Twin.ts";
import { windowLua } from "./window/lua.ts";

/** The twins of all machines, each under the name of its machine. */
export const twins: readonly Twin[] = [
  { name: "bucket", lua: bucketLua, sql: "" },
  { name: "window", lua: windowLua, sql: "" },
];
