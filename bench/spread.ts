/** The median of several runs, with the least and the most. */
export function spread(numbers: readonly number[]): string {
  return `${rounded(median(numbers))} (${rounded(Math.min(...numbers))} to ${rounded(Math.max(...numbers))})`;
}

/** To three digits, which is more than such numbers are worth. */
export function rounded(number: number): string {
  return number.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** The number in the middle, or half way between the two that are. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
