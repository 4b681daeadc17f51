/** A public API with plans: who asks is known by API key, the plan says how much, and reports cost more. */
import express from "express";
import { clientIp, type IdentitySource, type Rule } from "sluice";
import { rateLimit } from "sluice/express";

// Stands for a table of customers. A key that is not in it gains nothing: its request counts for the address.
const customers = new Map([
  ["key-of-acme", { key: "customer:acme", group: "pro" }],
  ["key-of-bob", { key: "customer:bob", group: "free" }],
]);
const customer: IdentitySource = (request) => customers.get(request.header("x-api-key") ?? "");

// Several windows are decided together, all or none.
const pro = ["20/m", "200/h", "1000/d"] as const;
const free = ["6/m", "60/h", "100/d"] as const;

// One pool, so a report takes from the same counters. The usage is kept, so who buys "pro" goes on with what is left of it.
const rules: Rule[] = [
  { path: "/status" },
  { path: "/reports/**", group: "pro", limits: pro, pool: "api", cost: 5 },
  { path: "/reports/**", limits: free, pool: "api", cost: 5 },
  { group: "pro", limits: pro, pool: "api" },
  { limits: free, pool: "api" },
];

const app = express();
app.use(rateLimit({ identify: [customer, clientIp()], rules }));
app.get("/status", (_request, response) => void response.send("up"));
app.get("/reports/:year", (request, response) => void response.send(`report of ${request.params.year}`));
app.get("/towns", (_request, response) => void response.json(["Ulm"]));

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
