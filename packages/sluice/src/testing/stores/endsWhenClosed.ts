import { slidingWindow } from "../../algorithms/window/slidingWindow.ts";
import { isSluiceError } from "../../errors/SluiceError.ts";
import type { Act, Plan, SyncPreparedPlan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import type { StoreCheck } from "./StoreCheck.ts";

const REFUND: Act = { does: "refund", costs: 1 };

export const endsWhenClosed: StoreCheck = {
  promise: "ping answers; after close, which may come twice, every verb fails with STORE_CLOSED",
  async hold({ made: { store } }) {
    const limits = [slidingWindow({ limit: 10, window: "1m" })];
    const plan: Plan = { namespace: freshNamespace(), pool: "a", limits, block: { scope: "", duration: 0 } };
    const prepared = store.prepare(plan);
    await store.ping();
    await prepared.decide("key", 1, "consume");
    await store.close();
    await store.close();
    await isClosed("consume", () => prepared.decide("key", 1, "consume"));
    await isClosed("peek", () => prepared.decide("key", 1, "peek"));
    await isClosed("act", () => prepared.act("key", REFUND));
    await isClosed("reset", () => prepared.reset("key"));
    await isClosed("ping", () => store.ping());
    const { decideSync, actSync, resetSync } = prepared as Partial<SyncPreparedPlan>;
    if (decideSync !== undefined) await isClosed("decideSync", async () => decideSync("key", 1, "consume"));
    if (actSync !== undefined) await isClosed("actSync", async () => actSync("key", REFUND));
    if (resetSync !== undefined) await isClosed("resetSync", async () => resetSync("key"));
  },
};

async function isClosed(verb: string, use: () => Promise<unknown>): Promise<void> {
  const error: unknown = await use().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const code = isSluiceError(error) ? error.code : error;
  mustHold(code === "STORE_CLOSED", () => `after close, ${verb} ended with ${String(code)}`);
}
