import type { Span } from './windows';

/** Local dates are counted in days, the first of January 1970 is 0. */
const day = 86_400_000;
const quarter = 900_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const begins = new Map<string, number>();

/** The date that the calendar on the wall shows at `timestamp`. Only `Intl` knows time zones here. */
function dateAt(timestamp: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  formats.set(timeZone, format);
  const parts = format.formatToParts(timestamp);
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day')) / day;
}

/**
 * The first instant at which that date, or a later one, is reached: every quarter of an hour is tried, from before it is that date anywhere on earth; then the
 * quarter in which it happens is halved until one millisecond is left.
 */
function beginOf(date: number, timeZone: string): number {
  const known = begins.get(`${date} ${timeZone}`);
  if (known !== undefined) return known;
  let after = date * day - 16 * 4 * quarter;
  while (dateAt(after, timeZone) < date) after += quarter;
  let before = after - quarter;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateAt(middle, timeZone) < date) before = middle;
    else after = middle;
  }
  begins.set(`${date} ${timeZone}`, after);
  return after;
}

/** The first dates of the unit that `date` is in, and of the next one. */
function unitOf(date: number, unit: 'day' | 'week' | 'month'): readonly [number, number] {
  if (unit === 'day') return [date, date + 1];
  const at = new Date(date * day);
  const monday = date - ((at.getUTCDay() + 6) % 7);
  if (unit === 'week') return [monday, monday + 7];
  return [0, 1].map((months) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months) / day) as [number, number];
}

/** The calendar day, week from Monday, or month that `timestamp` belongs to. Once a date was reached, what is before it does not come back. */
export function calendarDays(timestamp: number, unit: 'day' | 'week' | 'month', timeZone: string): Span {
  let date = dateAt(timestamp, timeZone);
  while (beginOf(date + 1, timeZone) <= timestamp) date++;
  const [first, next] = unitOf(date, unit);
  return { start: beginOf(first, timeZone), end: beginOf(next, timeZone) };
}
