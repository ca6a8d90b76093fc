/** Lines in a box that nobody overlooks. */
export function banner(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '*'.repeat(width + 6);
  const inside = lines.map((line) => `** ${line.padEnd(width)} **`);
  return ['', edge, edge, ...inside, edge, edge, ''].join('\n');
}
