/**
 * A function that gives what clocks in `timeZone` show at an instant (ms since the epoch), as the instant at which clocks in UTC show the same.
 *
 * `Intl` is the only time zone database that every platform brings along. It is slow (a few microseconds), so callers remember what they learned.
 */
export function wallClock(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const shown = new Date(0);
  return (instant) => {
    const second = Math.floor(instant / 1_000) * 1_000; // `Intl` rounds towards zero, which before 1970 is the wrong second
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(second)) parts[type] = value;
    const year = Number(parts['year']);
    // Not Date.UTC: it takes the year 99 for 1999.
    shown.setTime(0);
    shown.setUTCFullYear(parts['era']?.startsWith('B') ? 1 - year : year, Number(parts['month']) - 1, Number(parts['day']));
    shown.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
    return shown.getTime() + (instant - second);
  };
}
