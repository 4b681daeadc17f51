// Forked by child.ts with the names of a framework and of a limiter: serves, and tells its port and its CPU time.
import type { AddressInfo } from "node:net";
import { loadServers } from "./contenders.ts";

const [framework, limiter] = process.argv.slice(2);
const server = await (await loadServers(framework))[limiter]();
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
process.on("message", () => process.send!(process.cpuUsage()));
process.on("disconnect", () => process.exit());
