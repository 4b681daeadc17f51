import {
  guard,
  type Guard,
  type GuardOptions,
  type Identity,
  memoryStore,
  type Passage,
  type RequestInfo,
} from "sluice";
import { fakeRequest } from "../identity/fakeRequest.ts";
import { stillClock, type StillClock } from "./stillClock.ts";

/** What a test says of a request beside `"POST /login"`. */
export interface Asker {
  key?: string;
  group?: string;
  headers?: Record<string, string | readonly string[]>;
  address?: string | undefined;
  native?: unknown;
}

/** A request `"GET /path"` of somebody, `"ann"` of the default group unless said otherwise. */
export function request(line: string, asker: Asker = {}): RequestInfo {
  const { key = "ann", group = "default", headers = {}, native = { key, group } } = asker;
  const [method, target] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
  const address = "address" in asker ? asker.address : "203.0.113.9";
  const fake = fakeRequest(headers);
  return {
    method,
    target,
    remoteAddress: address,
    header: (name) => fake.header(name),
    headerLines: (name) => fake.headerLines(name),
    native,
  };
}

/** Who a test says is asking. */
export function fromTest({ native }: RequestInfo): Identity {
  return native as Identity;
}

export interface TestGuard extends Guard {
  readonly clock: StillClock;
  ask(line: string, asker?: Asker): Promise<Passage>;
  /** The status that the asker gets: 200 if the request passes. */
  status(line: string, asker?: Asker): Promise<number>;
  /** How many requests in a row pass until one is refused, at most 100. */
  admits(line: string, asker?: Asker): Promise<number>;
  /** What remains of the first limit of the rule that decided, after this request. */
  remaining(line: string, asker?: Asker): Promise<number | undefined>;
}

/** A guard whose clock stands still, which believes who the test says is asking. */
export function testGuard(options: GuardOptions): TestGuard {
  const clock = stillClock();
  const made = guard({ identify: fromTest, store: memoryStore({ clock }), ...options });
  const ask: TestGuard["ask"] = (line, asker) => made.check(request(line, asker));
  const status: TestGuard["status"] = async (line, asker) => (await ask(line, asker)).reply?.status ?? 200;
  return {
    ...made,
    clock,
    ask,
    status,
    async admits(line, asker) {
      let admitted = 0;
      while (admitted < 100 && (await status(line, asker)) === 200) admitted++;
      return admitted;
    },
    async remaining(line, asker) {
      return (await ask(line, asker)).decided[0]?.decision.limits[0].remaining;
    },
  };
}

/** Something to wait for, until a test opens it. */
export function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Waits until promises that nobody holds have had their turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
