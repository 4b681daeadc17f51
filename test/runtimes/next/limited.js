import { rateLimit } from "sluice/fetch";

export const limited = rateLimit({
  limits: "2/m",
  remoteAddress: (request) => request.headers.get("x-real-ip") ?? undefined,
});
