import { caddy } from "./caddy.ts";
import { testProxy } from "./testProxy.ts";

await testProxy(caddy);
