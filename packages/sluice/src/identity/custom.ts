import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { IdentityError } from "../errors/IdentityError.ts";
import { show } from "../errors/show.ts";
import { detach } from "./detach.ts";
import type { Found, Identify, Identity, IdentitySource } from "./Identity.ts";
import { isSource, source } from "./source.ts";
import { whenReady } from "../units/whenReady.ts";

/**
 * A source from a function of yours, sync or async. It returns a key, `{ key, group? }`, or undefined or null for
 * nobody. What it throws reaches the caller as it is. A source of this library is returned unchanged.
 *
 * Begin keys that hold what a client sent with a word of your own (`user:42`), so that none of them can spell the
 * key of another source (`ip:203.0.113.9`).
 * @throws IdentityError `INVALID_IDENTITY` per request, for any other answer: it must not become a shared key
 */
export function custom(find: IdentitySource): Identify {
  if (typeof find !== "function") {
    const message = `an identity source must be a function such as clientIp(), not ${show(find)}`;
    throw new ConfigurationError("INVALID_OPTION", message, { value: find });
  }
  if (isSource(find)) return find;
  return source((request, warn) => whenReady(find(request, warn), readFound));
}

function readFound(found: Found): Identity | undefined {
  if (found === undefined || found === null) return undefined;
  if (typeof found === "string") return { key: readKey(found), group: "default" };
  if (typeof found !== "object" || Array.isArray(found))
    throw invalid("return a key or { key, group }", found);
  const { key, group } = found;
  return { key: readKey(key), group: readGroup(group ?? "default") };
}

function readKey(key: unknown): string {
  if (typeof key !== "string" || key.trim() === "")
    throw invalid("return a key that is a non-blank string", key);
  return detach(key);
}

function readGroup(group: unknown): string {
  if (typeof group !== "string" || group.trim() === "")
    throw invalid("return a group that is a non-blank string", group);
  return group;
}

function invalid(duty: string, value: unknown): IdentityError {
  return new IdentityError("INVALID_IDENTITY", `an identity function must ${duty}, not ${describe(value)}`);
}

/** The kind of a value, not the value, which may be a secret. */
function describe(value: unknown): string {
  if (typeof value === "string") return "a blank string";
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : "a number";
  if (value === undefined || value === null || typeof value === "object") return show(value);
  return `a ${typeof value}`;
}
