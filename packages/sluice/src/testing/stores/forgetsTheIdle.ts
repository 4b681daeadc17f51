import { fixedWindow } from "../../algorithms/window/fixedWindow.ts";
import type { Plan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import type { StoreCheck, StoreCheckContext } from "./StoreCheck.ts";

const KEYS = 100;
const MINUTE = 60_000_000;

export const forgetsTheIdle: StoreCheck = {
  promise: "idle keys and ended blocks leave by themselves",
  async hold({ made }) {
    const { store, size, clock, advance } = made;
    if (size === undefined || (clock === undefined && advance === undefined)) return;
    const before = await size.call(made);
    await fillAndBlock(made);
    const full = await size.call(made);
    mustHold(full >= before + KEYS, () => `${KEYS} keys made ${full} records of ${before}`);
    clock?.advanceMicroseconds(10 * MINUTE);
    await advance?.call(made, 10 * MINUTE);
    const other = store.prepare(planOf(freshNamespace(), "other", 0));
    for (let call = 0; call < 10 * KEYS; call++) await other.decide("busy", 1, "consume");
    const after = await size.call(made);
    mustHold(
      after <= before + 1,
      () => `long after ${KEYS} keys were idle, ${after} records are left, and ${before} before`,
    );
  },
};

async function fillAndBlock({ store }: StoreCheckContext["made"]): Promise<void> {
  const prepared = store.prepare(planOf(freshNamespace(), "idle", MINUTE));
  for (let key = 0; key < KEYS; key++) {
    await prepared.decide(`key ${key}`, 1, "consume");
    await prepared.decide(`key ${key}`, 1, "consume");
  }
}

function planOf(namespace: string, pool: string, blockFor: number): Plan {
  const limits = [fixedWindow({ limit: 1, window: "1m" })];
  return { namespace, pool, limits, block: { scope: "", duration: blockFor } };
}
