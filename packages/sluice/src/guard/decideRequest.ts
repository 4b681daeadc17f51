import { isReply } from "../headers/Reply.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { isPromise } from "../units/isPromise.ts";
import type { CompiledRule } from "../rules/compileRule.ts";
import { decidingRules, fittingRules, type Searched } from "../rules/decidingRules.ts";
import { pathReadings } from "../rules/paths/pathReadings.ts";
import { askRules } from "./askRules.ts";
import type { CountedRequests } from "./CountedRequests.ts";
import { findIdentity, type IdentityOrReply } from "./findIdentity.ts";
import { ensureNote } from "./nativeNote.ts";
import { type Passage, UNSEEN } from "./Passage.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { RulesInForce } from "./rulesInForce.ts";
import type { Ruling } from "./Ruling.ts";

/** What a guard decides by. */
export interface Deciding {
  readonly settings: GuardSettings;
  readonly rules: () => RulesInForce;
  readonly counted: CountedRequests;
}

/** A request, the rules that it found, and those of them that fit whoever asks. */
interface Search {
  readonly request: RequestInfo;
  readonly limited: RulesInForce["limited"];
  readonly searched: Searched;
  readonly fitting: readonly CompiledRule[];
}

const NONE: readonly Ruling[] = [];

/** The rules that may decide, then who asks, then the rules that do. Nobody is looked for where no rule fits. */
export function decideRequest(by: Deciding, request: RequestInfo): Passage | Promise<Passage> {
  // A request is decided by the rules that it found, also if they are changed meanwhile.
  const { compiled, limited } = by.rules();
  const searched = { rules: compiled, method: request.method, readings: pathReadings(request.target) };
  const fitting = fittingRules(searched);
  if (fitting.length === 0) return UNSEEN;
  const search = { request, limited, searched, fitting };
  const identity = findIdentity(by.settings, request);
  return identity !== undefined && "then" in identity && isPromise(identity)
    ? decideWhenFound(by, search, identity)
    : decideFound(by, search, identity);
}

async function decideWhenFound(
  by: Deciding,
  search: Search,
  identity: Promise<IdentityOrReply>,
): Promise<Passage> {
  return decideFound(by, search, await identity);
}

function decideFound(
  { settings, counted }: Deciding,
  { request, limited, searched, fitting }: Search,
  identity: IdentityOrReply,
): Passage | Promise<Passage> {
  if (identity === undefined) return UNSEEN;
  if (isReply(identity)) return { ...UNSEEN, reply: identity };
  const deciding = decidingRules(searched, fitting, identity.group);
  const note = ensureNote(request.native);
  return askRules({ settings, request, identity, limited, deciding, counted, note, rulings: NONE });
}
