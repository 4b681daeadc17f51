/** An API with a strict login, an unlimited health check, and a limit for the rest. */
import express from "express";
import { rateLimit } from "sluice/express";

const app = express();
app.use(
  rateLimit({
    rules: [
      { path: "/health" },
      { path: "/login", method: "POST", limits: ["2/m", "10/h"], blockFor: "10m", blockScope: "rule" },
      { limits: "5/m" },
    ],
  }),
);
app.get("/health", (_request, response) => void response.send("ok"));
app.post("/login", (_request, response) => void response.send("welcome"));
app.get("/", (_request, response) => void response.send("hello"));

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
