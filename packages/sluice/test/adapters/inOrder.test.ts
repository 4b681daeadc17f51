import { expect, test } from "vitest";
import { inOrder } from "../../src/adapters/ws/inOrder.ts";
import { gate, settle } from "../../src/testing/adapters/turns.ts";

test("the flow is paused while one waits, each time anew, and resumed when none does", async () => {
  const said: string[] = [];
  const flow = { pause: () => void said.push("pause"), resume: () => void said.push("resume") };
  const gates = { a: gate(), b: gate(), c: gate(), d: gate(), e: gate(), f: gate() };
  const take = inOrder(flow, async ({ name }: { name: keyof typeof gates }) => {
    said.push(name);
    await gates[name].promise;
  });
  for (const name of ["a", "b", "c"] as const) take({ name });
  expect(said).toEqual(["a", "pause"]);
  for (const name of ["a", "b", "c"] as const) gates[name].open();
  await settle();
  expect(said).toEqual(["a", "pause", "b", "c", "resume"]);
  take({ name: "d" });
  take({ name: "e" });
  expect(said.slice(5)).toEqual(["d", "pause"]);
  gates.d.open();
  gates.e.open();
  await settle();
  take({ name: "f" });
  gates.f.open();
  await settle();
  expect(said.slice(5)).toEqual(["d", "pause", "e", "resume", "f"]);
});
