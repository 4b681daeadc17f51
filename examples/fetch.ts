/** A Fetch handler with plans: who has an API key has more. Prints what ten requests get. */
import { type IdentitySource } from "sluice";
import { rateLimit } from "sluice/fetch";

const customers = new Map([["secret-of-acme", { key: "tenant:acme", group: "pro" }]]);
const customer: IdentitySource = (request) => customers.get(request.header("x-api-key") ?? "");

const limited = rateLimit({
  identify: customer,
  onMissingIdentity: "shared",
  rules: [
    { group: "pro", limits: "8/m", pool: "pro" },
    { limits: "3/m", pool: "free" },
  ],
});
const handle = limited(() => new Response("hello"));

async function statuses(headers: Record<string, string>): Promise<string> {
  const seen: number[] = [];
  for (let i = 0; i < 10; i++)
    seen.push((await handle(new Request("http://localhost/", { headers }))).status);
  return seen.join(" ");
}

console.log(`pro:  ${await statuses({ "x-api-key": "secret-of-acme" })}`);
console.log(`free: ${await statuses({})}`);
