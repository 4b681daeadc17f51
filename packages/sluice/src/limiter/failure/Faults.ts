import type { StoreError } from "../../errors/StoreError.ts";
import type { EventStream } from "../../events/EventStream.ts";
import { tellEvent } from "../../events/tellEvent.ts";
import type { LimiterEvent } from "../../events/LimiterEvent.ts";
import type { Act, ActOutcome, Keys, Plan, Store } from "../../stores/Store.ts";
import type { Decision } from "../Decision.ts";
import type { StoreCall } from "../StoreCall.ts";
import type { FailureSettings } from "./FailureOptions.ts";
import type { Admission, Breaker } from "./Breaker.ts";
import type { Breakers } from "./Breakers.ts";
import { faultOf } from "./faultOf.ts";
import { localStandIn } from "./localStandIn.ts";
import { standIns, type StandIn, type StandInAnswer } from "./standIns.ts";
import { storeHealth } from "./storeHealth.ts";

/** What listeners know of the faults of one limiter. */
export interface ToldFaults {
  isDown: boolean;
  readonly codes: Set<string>;
}

export function noneTold(): ToldFaults {
  return { isDown: false, codes: new Set() };
}

/** Whose store may fail, and what it wants then. */
export interface FaultsOwner {
  /** How events call the limiter. */
  readonly name: string;
  readonly store: Store;
  readonly failure: FailureSettings;
  readonly events: EventStream;
}

/** What one limiter does about the faults of its store. */
export class Faults {
  readonly timeoutMs: number;
  readonly #owner: FaultsOwner;
  readonly #told: ToldFaults;
  readonly #breakers: Breakers;
  /** Of those who wait for as long. */
  readonly #breaker: Breaker;
  readonly #standIn: StandIn;

  /** @param told what listeners were told before, under other limits */
  constructor(owner: FaultsOwner, plan: Plan, names: readonly string[], told: ToldFaults = noneTold()) {
    const { policy, timeoutMs, replicas } = owner.failure;
    this.timeoutMs = timeoutMs;
    this.#owner = owner;
    this.#told = told;
    const health = storeHealth(owner.store);
    this.#breakers = health.breakers;
    this.#breaker = health.breakers.of(timeoutMs);
    this.#standIn =
      policy === "local" ? localStandIn(plan, names, replicas, () => health.local) : standIns[policy];
  }

  /** The same for other limits of this limiter: what was told is not told again. */
  over(plan: Plan, names: readonly string[]): Faults {
    return new Faults(this.#owner, plan, names, this.#told);
  }

  /** Whether a call may go to the store, and as what; undefined if not. Whoever is admitted must report how it went. */
  admits(): Admission | undefined {
    return this.#breaker.admits();
  }

  /** Why the last call failed; only there while calls are not admitted. */
  get lastError(): StoreError {
    return this.#breaker.lastError!;
  }

  /** The answer to a call that was not admitted. */
  leftAlone(call: StoreCall): Decision {
    return this.answerInstead(call, this.lastError).decision;
  }

  worked(): void {
    this.#breakers.succeeded(this.timeoutMs);
    // A store that fails now and then, or for some keys, would else change its state with every call.
    if (!this.#told.isDown || !this.#breaker.isCalm) return;
    this.#told.isDown = false;
    this.#tell({ type: "degraded", limiter: this.#owner.name, degraded: false, error: undefined });
  }

  /**
   * The answer to a call that the store did not answer.
   * @throws whatever is no fault of the store, such as that it was closed
   */
  failed(call: StoreCall, error: unknown, admission: Admission): Decision {
    return this.answerInstead(call, this.note(error, admission)).decision;
  }

  /**
   * Reports how a call went wrong, and returns it as an error of ours.
   * @throws what is no fault of the store
   */
  note(error: unknown, admission: Admission): StoreError {
    const fault = faultOf(error);
    if (fault !== undefined && isOutage(fault)) this.#outage(fault, admission);
    else this.#breakers.succeeded(this.timeoutMs);
    if (fault === undefined) throw error;
    if (!isOutage(fault)) this.#tellConfig(fault);
    return fault;
  }

  /** The answer in place of the store, with what was counted. */
  answerInstead(call: StoreCall, error: StoreError): StandInAnswer {
    return this.#standIn.answer(call, error);
  }

  /** Does what is asked with what was reserved while the store failed. */
  actInstead(keys: Keys, act: Act): Pick<ActOutcome, "hold"> {
    return this.#standIn.act(keys, act);
  }

  /** Forgets what was spent while the store failed. */
  forget(keys: Keys): void {
    this.#standIn.forget(keys);
  }

  #outage(error: StoreError, admission: Admission): void {
    this.#breakers.failed(error, this.timeoutMs, admission);
    if (this.#told.isDown) return;
    this.#told.isDown = true;
    this.#tell({ type: "degraded", limiter: this.#owner.name, degraded: this.#owner.failure.policy, error });
  }

  /** The server is there, and cannot decide this call. */
  #tellConfig(error: StoreError): void {
    if (this.#told.codes.has(error.code)) return;
    this.#told.codes.add(error.code);
    this.#tell({ type: "config", limiter: this.#owner.name, error });
  }

  #tell(event: LimiterEvent): void {
    const { failure, events } = this.#owner;
    tellEvent(failure.onEvent, event);
    events.emit(event);
  }
}

/** The server is not there, or does not keep up, for every key alike. */
function isOutage({ code }: StoreError): boolean {
  return code === "STORE_FAILED" || code === "STORE_TIMEOUT";
}
