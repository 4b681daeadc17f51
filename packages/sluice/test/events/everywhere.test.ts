import { eventStream, limited, limitedSync, memoryStore, type SluiceEvent } from "sluice";
import { rateLimit } from "sluice/trpc";
import { expect, test } from "vitest";

/** A store of which a limiter without a namespace warns. */
const shared = () => ({ ...memoryStore(), isShared: true });

/** A stream, and what it tells of limiters. */
function heard() {
  const events = eventStream();
  const told: string[] = [];
  const note = (event: SluiceEvent) => told.push(event.type);
  events.on("decision", note);
  events.on("warning", note);
  return { events, told };
}

test("limiters that functions make tell it to the stream and the listener that they are given", async () => {
  const { events, told } = heard();
  const warned: string[] = [];
  const onWarning = ({ code }: { code: string }) => warned.push(code);
  const send = limited(async () => "sent", {
    limits: "5/m",
    name: "send",
    store: shared(),
    events,
    onWarning,
  });
  const print = limitedSync(() => "printed", { limits: "5/m", name: "print", events });
  expect([await send(), print()]).toEqual(["sent", "printed"]);
  expect(told).toEqual(["warning", "decision", "decision"]);
  expect(warned).toEqual(["DEFAULT_NAMESPACE"]);
});

test("so does the limiter of a tRPC middleware", async () => {
  const { events, told } = heard();
  const limits = rateLimit({ limits: "5/m", key: () => "ann", store: shared(), events, onWarning: () => {} });
  await limits({ ctx: {}, path: "a", type: "query", input: undefined, next: async () => ({ ok: true }) });
  expect(told).toEqual(["warning", "decision"]);
});
