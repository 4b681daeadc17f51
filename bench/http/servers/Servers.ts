import type { Server } from "node:http";

/** The servers of one framework, by what stands before their handler. */
export type Servers = Readonly<Record<string, () => Server | Promise<Server>>>;
