import { slidingWindow } from "../../algorithms/window/slidingWindow.ts";
import { concurrency } from "../../algorithms/log/concurrency.ts";
import type { Plan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import type { StoreCheck } from "./StoreCheck.ts";

const PERMITS = 50;
const MINUTE = 60_000_000;

export const forgetsTheSettled: StoreCheck = {
  promise:
    "what was settled is remembered; what was given back for good is forgotten at once, and not renewed",
  async hold({ made }) {
    const { store, size } = made;
    const prepared = store.prepare(planOf(freshNamespace()));
    const reserve = (id: string, nonce: number) =>
      prepared.act("key", { does: "reserve", costs: 1, id, ttl: MINUTE, nonce });
    const settle = async (id: string, forget: boolean) =>
      (await prepared.act("key", { does: "settle", costs: 1, id, forget })).hold;

    await reserve("kept", 1);
    const found = [await settle("kept", false), await settle("kept", false)];
    const again = await reserve("kept", 2);
    mustHold(
      found.join() === "open,settled" && again.hold === "settled",
      () => `an id was settled twice and reserved again, and found ${found.join()},${again.hold}`,
    );

    const before = await size?.call(made);
    for (let n = 0; n < PERMITS; n++) await takeAndGiveBack(`permit ${n}`, n);
    const after = await size?.call(made);
    mustHold(
      before === after,
      () => `${before} records became ${after} by ${PERMITS} permits that were given back`,
    );
    const { verdicts } = await prepared.decide("key", 0, "peek");
    const left = verdicts.map(({ remaining }) => remaining).join();
    mustHold(left === "1,49", () => `of 1 at once and 100 a day, ${left} are left after 51 that ended`);

    async function takeAndGiveBack(id: string, n: number): Promise<void> {
      const { allowed } = await reserve(id, 3 + n);
      const { hold } = await prepared.act("key", { does: "settle", costs: 1, id, forget: true });
      const late = await prepared.act("key", { does: "renew", id, ttl: MINUTE });
      mustHold(
        allowed && hold === "open" && late.hold === "none",
        () => `permit ${n} was ${allowed ? "" : "not "}taken, ended as ${hold}, and was then ${late.hold}`,
      );
    }
  },
};

function planOf(namespace: string): Plan {
  const limits = [concurrency({ limit: 1, ttl: "1h" }), slidingWindow({ limit: 100, window: "1d" })];
  return { namespace, pool: "a", limits, block: { scope: "", duration: 0 } };
}
