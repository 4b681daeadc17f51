/**
 * The known word that is meant, whatever the case: the one that is fewest edits away, where two letters that changed places
 * are one edit. It is near if the edits are at most a third of the shorter word. Of four letters or more it is also near if it
 * is half of the longer word, or more than half of it is how the longer one begins. Far words send people the wrong way.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
    const distance = editDistance(a, b);
    if (distance >= bestDistance || !isNear(a, b, distance)) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

function isNear(a: string, b: string, distance: number): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  if (distance <= Math.floor(shorter.length / 3)) return true;
  if (shorter.length < 4) return false;
  const isHalf = shorter.length * 2 >= longer.length && longer.includes(shorter);
  const begin = shorter.slice(0, Math.max(4, Math.floor(shorter.length / 2) + 1));
  return isHalf || longer.startsWith(begin);
}

/** Optimal string alignment: Levenshtein 1966, and adjacent letters that changed places. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length];
}
