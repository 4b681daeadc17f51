import { isSluiceError } from "sluice";
import { rateLimit } from "sluice/hono";
import { applications } from "./applications.ts";

const fetch = applications(
  { remoteAddress: (context) => context.req.header("cf-connecting-ip") },
  { remoteAddress: (request: Request) => request.headers.get("cf-connecting-ip") ?? undefined },
);

/** What the default identity says at construction, where no address is told. */
function refusal(): string {
  try {
    rateLimit({ limits: "2/m" });
    return "nothing";
  } catch (error) {
    return isSluiceError(error) ? error.code : String(error);
  }
}
const refused = refusal();

const worker: { fetch(request: Request): Response | Promise<Response> } = {
  fetch: (request) => (new URL(request.url).pathname === "/refused" ? new Response(refused) : fetch(request)),
};

export default worker;
