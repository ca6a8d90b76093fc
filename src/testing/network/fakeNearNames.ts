/** Those of the names that look most like one that is none of them, or begin with it. */
export function nearNames(name: string, names: readonly string[], count = 3): string[] {
  const edits = (candidate: string) =>
    candidate.toLowerCase().startsWith(name.toLowerCase()) ? 0 : editsBetween(name.toLowerCase(), candidate.toLowerCase());
  return names
    .map((candidate) => ({ candidate, edits: edits(candidate) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** How many letters must be added, dropped or changed. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
