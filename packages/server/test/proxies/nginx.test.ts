import { expect, onTestFinished, test } from "vitest";
import { startNginx } from "../../../../test/services/nginx.ts";
import { nginx } from "./nginx.ts";
import { send } from "./send.ts";
import { replaced, snippets } from "./snippets.ts";
import { testProxy } from "./testProxy.ts";

await testProxy(nginx);

test("a 403 that is not Sluice's stays one", async ({ skip }) => {
  const [snippet] = snippets("nginx");
  const denying = { "auth_request /_sluice;": "deny all;" };
  const { url, note, stop } = await startNginx((port) =>
    replaced(snippet, { "listen 80;": `listen 127.0.0.1:${port};`, ...denying }),
  );
  skip(url === "", note);
  onTestFinished(stop);
  expect((await send(url, { target: "/" })).status).toBe(403);
});
