/** Koa: a limit for each user that the session knows, and for each address where it knows none. */
import Koa from "koa";
import { clientIp, type IdentitySource } from "sluice";
import { rateLimit } from "sluice/koa";

const user: IdentitySource = ({ native }) => {
  const { state } = native as Koa.Context;
  return state["user"] === undefined ? undefined : `user:${state["user"]}`;
};

const app = new Koa();
app.use((context, next) => {
  // Stands for the session of a real application.
  if (context.get("X-User") !== "") context.state["user"] = context.get("X-User");
  return next();
});
app.use(rateLimit({ identify: [user, clientIp()], limits: "3/m" }));
app.use((context) => {
  context.body = "hello";
});

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
