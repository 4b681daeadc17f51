/** Fastify: a limit for everything, and a stricter one for a route. */
import fastify from "fastify";
import { rateLimit } from "sluice/fastify";

const app = fastify();
await app.register(rateLimit, { limits: "5/m" });
app.get("/", async () => "hello");
app.post("/login", { onRequest: rateLimit({ limits: "2/m", name: "login" }) }, async () => "welcome");

console.log(await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 3000) }));
