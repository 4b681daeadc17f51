import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { isPromise } from "../units/isPromise.ts";
import type { Reply } from "../headers/Reply.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import type { CountedRequests } from "./CountedRequests.ts";
import { judge } from "./judge.ts";
import type { LimitedRule } from "./limitedRule.ts";
import type { NativeNote } from "./nativeNote.ts";
import type { Passage } from "./Passage.ts";
import { passageOf, refusalOf } from "./passageOf.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { Ruling } from "./Ruling.ts";
import { unlessItFails } from "./unlessItFails.ts";
import { whenEnded } from "./whenEnded.ts";

/** A request that rules decide about, and who it comes from. */
export interface Asked {
  readonly settings: GuardSettings;
  readonly request: RequestInfo;
  readonly identity: Identity;
  /** All rules of the guard. */
  readonly limited: readonly LimitedRule[];
  /** Those that decide: one nearly always, several where its target can be read in several ways. */
  readonly deciding: readonly CompiledRule[];
  readonly counted: CountedRequests;
  /** On the framework's own request. */
  readonly note: NativeNote;
  /** So far, in order. */
  rulings: readonly Ruling[];
}

/** Asks the rules that decide a request, one after the other. After one that refuses none is asked. */
export function askRules(asked: Asked): Passage | Promise<Passage> {
  if (!haveLease(asked.deciding)) return askFrom(asked, 0);
  return unlessItFails(
    () => askFrom(asked, 0),
    () => whenEnded(asked.rulings)?.(),
  );
}

// Every request comes this way: without closures where nothing has to be waited for. `in` is cheap, and nearly always tells
// all; what has a `then` is looked at more closely.

function haveLease(rules: readonly CompiledRule[]): boolean {
  for (const { hasLease } of rules) if (hasLease) return true;
  return false;
}

function askFrom(asked: Asked, place: number): Passage | Promise<Passage> {
  const { deciding, limited } = asked;
  if (place === deciding.length) return passageOf(asked, undefined);
  const ruling = judge(limited[deciding[place].index], asked);
  if (ruling === undefined) return askFrom(asked, place + 1);
  return "then" in ruling && isPromise(ruling)
    ? ruling.then((ruling) => goOn(asked, place, ruling))
    : goOn(asked, place, ruling);
}

function goOn(asked: Asked, place: number, ruling: Ruling | undefined): Passage | Promise<Passage> {
  if (ruling === undefined) return askFrom(asked, place + 1);
  asked.rulings = asked.rulings.length === 0 ? [ruling] : [...asked.rulings, ruling];
  asked.counted.add(asked.note);
  const refusal = refusalOf(asked);
  return refusal === undefined ? askFrom(asked, place + 1) : refuse(asked, place, refusal);
}

/** Unless the request is let through all the same. */
async function refuse(asked: Asked, place: number, refusal: Promise<Reply | undefined>): Promise<Passage> {
  const reply = await refusal;
  return reply === undefined ? askFrom(asked, place + 1) : passageOf(asked, reply);
}
