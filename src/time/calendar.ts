import { StreamError } from '../errors';

/** `calendar('day', { timeZone })`: days, weeks or months as people have them. */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly unit: 'day' | 'week' | 'month';
  /** IANA name. */
  readonly timeZone: string;
}

/** Whose calendar it is. */
export interface CalendarOptions {
  /** IANA name, `'Europe/Berlin'`. Default `'UTC'`, not the zone of the machine, which would make results depend on where the program runs. */
  readonly timeZone?: string | undefined;
}

/**
 * Calendar days, weeks (from Monday) or months in `timeZone`. A window begins at the first instant of its first day: a day on which clocks change has 23 or
 * 25 hours, one that has no midnight begins when the clocks have gone forward, and one that was skipped altogether has no window.
 *
 * Where clocks went back over midnight, a date comes twice; the window of the new day begins when it is first reached, and the rest of the old day that comes
 * once more belongs to it. Kafka Streams, Flink and Spark have windows of fixed length only, with an offset for the zone, which is off by an hour for half of
 * the year; and none has months.
 *
 * @param unit - `'day'`, `'week'` or `'month'`
 * @throws StreamError `INVALID_OPTION` for another unit, or a time zone that the platform does not know
 * @since 0.1.0
 * @example
 * ```ts
 * import { calendar } from 'millrace';
 *
 * calendar('day', { timeZone: 'Europe/Berlin' }); // => { kind: 'calendar', unit: 'day', timeZone: 'Europe/Berlin' }
 * ```
 */
export function calendar(unit: 'day' | 'week' | 'month', { timeZone = 'UTC' }: CalendarOptions = {}): CalendarWindow {
  if (!['day', 'week', 'month'].includes(unit))
    throw new StreamError('INVALID_OPTION', `the unit of a calendar window is ${JSON.stringify(unit)}: it can be 'day', 'week' or 'month'`);
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch (cause) {
    throw new StreamError(
      'INVALID_OPTION',
      `the time zone of a calendar window is ${JSON.stringify(timeZone)}, which this platform does not know: give it an IANA name such as 'Europe/Berlin' or 'UTC', and check its spelling`,
      { cause },
    );
  }
  // As it was written: what the platform makes of it ('Asia/Calcutta' or 'Asia/Kolkata') changes with its version, and recovery compares it.
  return { kind: 'calendar', unit, timeZone };
}
