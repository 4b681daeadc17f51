/** asgi-ratelimit: regular expressions with rules by group, over a plain listener; a page of your own for 429. */
import { createServer } from "node:http";
import { type GuardOptions, type IdentitySource, type Rule } from "sluice";
import { jwt } from "sluice/jwt";
import { rateLimit } from "sluice/node";
import { asgiRatelimit } from "sluice/presets";

/** `on_blocked`: a reply of your own. */
const yourself429 = { status: 429, headers: [], body: "429 page" };

// One ordered list. `group: "default"` are those who have no other; a rule without limits is no restriction.
const rules: Rule[] = [
  { path: /\/towns/, group: "admin" },
  { path: /\/towns/, group: "default", limits: "1/s", pool: "path", onLimit: yourself429 },
  { path: /\/forests/, group: "admin" },
  { path: /\/forests/, group: "default", limits: "1/m", pool: "path" },
  { path: /\/rivers/, group: "admin", limits: ["25/s", "500/m"], pool: "path" },
  { path: /\/rivers/, limits: ["10/s", "200/m", "400/d"], pool: "path" },
  { path: /\/blocked/, limits: "5/s", blockFor: "60s" },
  // A zone: all of its rules spend from one pool, whatever their patterns.
  { path: /\/user\/\d+/, method: "GET", limits: "3/m", pool: "user-api" },
  { path: /\/user\/\d+/, method: "POST", limits: "1/m", pool: "user-write" },
  { path: /\/profile/, limits: "3/m", pool: "user-api" },
];

/** AUTH_FUNCTION: stands for what finds the user of a request, and his group. */
const users = new Map([
  ["ann", { key: "ann" }],
  ["bob", { key: "bob" }],
  ["root", { key: "root", group: "admin" }],
]);
const authenticate: IdentitySource = (request) => users.get(request.header("x-user") ?? "");

/** `create_jwt_auth("KEY", "HS256")`. */
const token = jwt({
  key: process.env["JWT_KEY"] ?? "a secret of at least 32 characters",
  algorithms: ["HS256"],
  claim: "user",
  groupClaim: "group",
});

/** `on_auth_error`: nobody was found. */
const unauthorized: GuardOptions["onMissingIdentity"] = () => ({
  status: 401,
  headers: [["Content-Type", "application/json"]],
  body: JSON.stringify({ message: "Unauthorized access." }),
});

// Refusals have an empty body and Retry-After, but where a rule says otherwise.
const options: GuardOptions = { rules, identify: [authenticate, token], onMissingIdentity: unauthorized };
const limited = rateLimit({ ...asgiRatelimit, ...options });
const server = createServer(limited((_request, response) => response.end("hello")));

server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
