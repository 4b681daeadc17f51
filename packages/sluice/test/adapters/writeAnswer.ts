import type { ServerResponse } from "node:http";
import type { Answered } from "sluice/testing";

export async function writeAnswer(
  response: ServerResponse,
  { status = 200, headers = {}, body = "" }: Answered,
): Promise<void> {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (typeof body === "string") return void response.end(body);
  for await (const chunk of body) response.write(chunk);
  response.end();
}
