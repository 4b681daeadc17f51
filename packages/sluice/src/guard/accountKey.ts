import { IdentityError } from "../errors/IdentityError.ts";
import { hashSecret } from "../identity/hashSecret.ts";

/** Longer names than any that people log in by, in UTF-16 units. */
const LONGEST = 1_024;

/** What may be another spelling of a plain letter or digit, and is left by NFKD: `ø`, `ß`, digits of other scripts. */
const DRESSED = /(?![\0-\x7f])[\p{N}\p{So}\p{Script=Latin}]/gu;
const PLAIN: readonly string[] = [
  ..."abcdefghijklmnopqrstuvwxyz0123456789".split(""),
  "ae",
  "oe",
  "ss",
  "dz",
  "ng",
  "th",
  "ts",
  "tz",
];
const plainOf = new Map<string, string>();
let collator: Intl.Collator | undefined;

/**
 * The key of the account that somebody tries to log in to: `account:` and 128 bits of a SHA-256, so that no name reaches
 * a store. Spellings that a database or an application may take for one name are one: case, width, accents, the script of
 * digits, white space and invisible characters do not count. Two accounts that become one only share their attempts.
 * @throws IdentityError `INVALID_IDENTITY`, status 400, for what no account can be called: it must not become a shared key
 */
export function accountKey(account: unknown): string {
  const name = typeof account === "string" && account.length <= LONGEST ? skeletonOf(account) : "";
  if (name !== "") return `account:${hashSecret(name)}`;
  const message = "a login must name its account by a text of 1 to 1,024 characters";
  throw new IdentityError("INVALID_IDENTITY", message, 400);
}

function skeletonOf(name: string): string {
  const lower = name.normalize("NFKD").toLowerCase().normalize("NFKD");
  return lower.replace(/[\p{M}\p{C}\s]+/gu, "").replace(DRESSED, undress);
}

/** As collations of databases compare that ignore case and accents, such as the default of MySQL. */
function undress(letter: string): string {
  collator ??= new Intl.Collator("und", { sensitivity: "base" });
  const known = plainOf.get(letter);
  const plain = known ?? PLAIN.find((plain) => collator!.compare(letter, plain) === 0) ?? letter;
  if (known === undefined) plainOf.set(letter, plain);
  return plain;
}
