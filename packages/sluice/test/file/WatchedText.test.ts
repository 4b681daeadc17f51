import { mkdirSync, mkdtempSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { WatchedText } from "../../src/file/WatchedText.ts";

test("what could not be read is looked at again after a second, though nothing tells that it can be", async () => {
  const [folder, elsewhere] = [1, 2].map(() => mkdtempSync(join(tmpdir(), "sluice-")));
  const [file, target] = [join(folder, "link"), join(elsewhere, "target")];
  onTestFinished(() => [folder, elsewhere].forEach((each) => rmSync(each, { recursive: true })));
  mkdirSync(target);
  symlinkSync(target, file);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const refuse = vi.fn<(error: unknown) => void>();
  let take: (text: string) => void;
  const taken = new Promise<string>((resolve) => (take = resolve));
  const end = await new WatchedText(file, "before", { take: take!, refuse }).watch();
  onTestFinished(end);
  // Not in the folder that is watched, so the system tells nothing.
  rmdirSync(target);
  writeFileSync(target, "after");
  vi.advanceTimersByTime(1000);
  await expect(taken).resolves.toBe("after");
  expect(refuse).toHaveBeenCalledOnce();
}, 10_000);
