/** An application behind nginx (proxy.conf): the proxy is believed what it says about the client, nobody else is. */
import express from "express";
import { clientIp } from "sluice";
import { rateLimit } from "sluice/express";

const app = express();
app.use(
  rateLimit({
    // Where nginx asks from. Of the hops it tells, the rightmost that is no proxy of yours counts, whatever clients put before.
    identify: clientIp({ trustedProxies: ["127.0.0.1/32"] }),
    limits: "3/m",
  }),
);
app.get("/", (_request, response) => void response.send("hello"));

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
