/**
 * A sum without rounding errors. Rounded at each step, a sum of fractions depends on the order they come in, which partitions, sessions and stretches of a
 * window would make visible; Kahan's correction makes the difference rare and not impossible. So nothing is rounded until the end.
 */
export interface ExactSum {
  /** Whole numbers, as long as their sum is exact: most sums are nothing else. */
  whole: number;
  /** The rest, as numbers that do not overlap, by size (Shewchuk 1997). Seldom more than three. */
  parts: number[];
  /** The sum of what is not finite: `Infinity` and `NaN` have no rest. */
  special: number;
}

/** The sum of nothing. */
export function emptySum(): ExactSum {
  return { whole: 0, parts: [], special: 0 };
}

/** Adds `x` in place. */
export function addTo(sum: ExactSum, x: number): void {
  const whole = sum.whole + x;
  if (Number.isSafeInteger(x) && Number.isSafeInteger(whole)) sum.whole = whole;
  else if (Number.isFinite(x)) addPart(sum, x);
  else sum.special += x;
}

/** Both, in a sum of its own. */
export function mergedSum(a: ExactSum, b: ExactSum): ExactSum {
  const sum = { whole: a.whole, parts: [...a.parts], special: a.special + b.special };
  addTo(sum, b.whole);
  for (const part of b.parts) addPart(sum, part);
  return sum;
}

/** The number nearest to the sum. */
export function totalOf({ whole, parts, special }: ExactSum): number {
  if (special !== 0) return special;
  if (parts.length === 0) return whole;
  const sum = { whole: 0, parts: [...parts], special: 0 };
  addPart(sum, whole);
  return sum.special === 0 ? rounded(sum.parts) : sum.special;
}

/** Each addition gives a rounded number and, exactly, what the rounding lost. */
function addPart(sum: ExactSum, x: number): void {
  const { parts } = sum;
  let kept = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? 0;
    const high = x + part;
    const taken = high - x;
    const low = x - (high - taken) + (part - taken);
    if (low !== 0) parts[kept++] = low;
    x = high;
  }
  if (!Number.isFinite(x)) {
    sum.special += x; // beyond the largest number
    kept = 0;
  } else if (x !== 0) parts[kept++] = x;
  if (parts.length > kept) parts.length = kept;
}

/** The parts are added from the largest down; at the first that is not wholly taken up the rest can only decide a tie. */
function rounded(parts: readonly number[]): number {
  let index = parts.length - 1;
  let high = parts[index] ?? 0;
  let low = 0;
  while (index > 0 && low === 0) {
    const before = high;
    const part = parts[--index] ?? 0;
    high = before + part;
    low = part - (high - before);
  }
  const rest = parts[index - 1] ?? 0;
  if ((low < 0 && rest < 0) || (low > 0 && rest > 0)) {
    const up = high + low * 2;
    if (up - high === low * 2) return up;
  }
  return high;
}
