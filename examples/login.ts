/** A login that cannot be guessed at: few attempts for an address, few for an account, until somebody succeeds. */
import express, { type Request } from "express";
import { login, type RequestInfo } from "sluice";
import { rateLimit } from "sluice/express";

interface Credentials {
  readonly email?: string;
  readonly password?: string;
}

const signIn = login({
  account: ({ native }: RequestInfo) => ((native as Request).body as Credentials | undefined)?.email,
  perAddress: ["20/m", "100/h"],
  perAccount: "5 per 15 minutes",
});

const app = express();
// The body is read before the limiter asks for the account, and the limiter counts before the password is looked at.
app.post("/login", express.json(), rateLimit(signIn.options), async (request, response) => {
  const { password } = request.body as Credentials;
  // Stands for the slow comparison of a real application.
  if (password !== "correct horse") {
    response.status(401).json({ error: "wrong e-mail address or password" });
    return;
  }
  await signIn.succeeded(request);
  response.sendStatus(204);
});

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
