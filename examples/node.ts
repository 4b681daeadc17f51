/** node:http without a framework. */
import { createServer } from "node:http";
import { rateLimit } from "sluice/node";

const limited = rateLimit({ limits: "5/m" });
const server = createServer(limited((_request, response) => response.end("hello")));

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
