import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { Path } from "./RulesFileError.ts";

/** The offset in the text at which a path stands, or as much of it as there is. Looks through aliases and merge keys. */
export function findPlace(document: Document, path: Path, at: "value" | "name"): number {
  let node: unknown = document.contents;
  let place = startOf(node) ?? 0;
  for (const [i, step] of path.entries()) {
    const found: unknown = childOf(document, node, step);
    if (found === undefined) return place;
    const isNamed = isPair(found) && at === "name" && i === path.length - 1;
    node = follow(document, isPair(found) ? found.value : found);
    place =
      (isNamed ? startOf(found.key) : startOf(node)) ??
      (isPair(found) ? startOf(found.key) : undefined) ??
      place;
  }
  return place;
}

function childOf(document: Document, parent: unknown, step: string | number): unknown {
  if (isSeq(parent)) return parent.items[Number(step)];
  return isMap(parent) ? pairOf(document, parent, String(step)) : undefined;
}

function pairOf(document: Document, map: YAMLMap, name: string): Pair | undefined {
  const own = map.items.find(({ key }) => nameOf(key) === name);
  if (own !== undefined) return own;
  for (const { key, value } of map.items) {
    if (nameOf(key) !== "<<") continue;
    const merged = follow(document, value);
    for (const source of isSeq(merged) ? merged.items : [merged]) {
      const map = follow(document, source);
      const found = isMap(map) ? pairOf(document, map, name) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function follow(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
