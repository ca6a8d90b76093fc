import { describe, expect, test } from 'vitest';
import { isStreamError } from '../../src/index';
import { type OnBadTimestamp, TimestampRules } from '../../src/run/timestampRules';
import { partition } from './pieces';

const hour = 3_600_000;
const date = Date.UTC(2026, 0, 1);
const year2106 = Date.UTC(2106, 1, 7);

interface Setting {
  now?: number;
  maxAhead?: number;
  onBad?: OnBadTimestamp;
  newest?: number;
}

/** Rules by a clock that shows `now`, and what they say of a record of t[0]@7 in a partition whose newest timestamp is `newest`. */
function judging({ now = date, maxAhead, onBad = 'fail', newest = -Infinity }: Setting = {}) {
  const clock = { shown: now, asked: 0, now: () => (clock.asked++, clock.shown) };
  const skipped: string[] = [];
  const rules = new TimestampRules(clock, { maxAhead, onBadTimestamp: onBad }, (epoch, offset) =>
    skipped.push(`${epoch.topic}[${epoch.partition}]@${offset}`),
  );
  const epoch = partition();
  if (newest > -Infinity) epoch.deliver(6, newest, 1);
  const timeOf = (timestamp: number, least = 0): number | undefined | string => {
    try {
      return rules.timeOf(timestamp, epoch, 7, 'of', least);
    } catch (error) {
      if (isStreamError(error, 'BAD_TIMESTAMP')) return error.message;
      throw error;
    }
  };
  return { clock, skipped, rules, epoch, timeOf };
}

test('a timestamp from the epoch to an hour from now is believed', () => {
  const { timeOf } = judging();
  for (const timestamp of [0, 0.5, date, date + hour]) expect(timeOf(timestamp)).toBe(timestamp);
});

test.each([
  [-1, 'how Kafka says that there is none'],
  [-5, 'before 1970'],
  [NaN, 'no time'],
  [Infinity, 'no time'],
  [-Infinity, 'no time'],
  [date + hour + 1, '3600001 ms ahead of the clock, and maxAhead is 3600000'],
  [year2106, 'is the clock of the producer right'],
])('%s is not: the error has the place, and says what to check', (timestamp, words) => {
  const { timeOf, rules, epoch } = judging();
  expect(timeOf(timestamp)).toContain(`the timestamp of t[0]@7 is ${timestamp}, `);
  expect(timeOf(timestamp)).toContain(words);
  expect(() => rules.timeOf(timestamp, epoch, 7, 'of', 0)).toThrow(
    expect.objectContaining({ topic: 't', partition: 0, offset: 7 }) as Error,
  );
});

test('what only looks like a number is none, however well it compares', () => {
  const { timeOf } = judging();
  timeOf(date);
  expect(timeOf('5' as unknown as number)).toContain('no time');
  expect(timeOf(new Date(5) as unknown as number)).toContain('no time');
});

test('where time may begin earlier, negative ones are believed', () => {
  const { timeOf } = judging();
  const least = -Number.MAX_VALUE;
  expect([timeOf(-1, least), timeOf(-5, least)]).toEqual([-1, -5]);
  expect(timeOf(-Infinity, least)).toContain('no time');
});

describe('how far ahead', () => {
  test('has no limit, unless one is given, on a clock that shows no date', () => {
    expect(judging({ now: 0 }).timeOf(year2106)).toBe(year2106);
    expect(judging({ now: 0, maxAhead: 10 }).timeOf(11)).toContain('11 ms ahead');
    expect(judging({ now: 0, maxAhead: 10 }).timeOf(10)).toBe(10);
  });

  test('begins to have one when the clock is set', () => {
    const { clock, timeOf } = judging({ now: 0 });
    expect(timeOf(year2106)).toBe(year2106);
    clock.shown = date;
    expect(timeOf(year2106)).toContain('ahead of the clock');
  });

  test('goes on with the clock, which is not asked for each record', () => {
    const { clock, timeOf } = judging();
    timeOf(date);
    timeOf(date + hour);
    expect(clock.asked).toBe(1);
    clock.shown += 5;
    expect(timeOf(date + hour + 5)).toBe(date + hour + 5);
    expect(timeOf(date + hour + 6)).toContain('3600001 ms ahead');
  });
});

test("with 'skip' the record is to be dropped, and is told of", () => {
  const { timeOf, skipped } = judging({ onBad: 'skip', newest: 5 });
  expect([timeOf(-1), timeOf(6)]).toEqual([undefined, 6]);
  expect(skipped).toEqual(['t[0]@7']);
});

describe("with 'partitionTime'", () => {
  test('it goes by the newest timestamp before it', () => {
    const { timeOf } = judging({ onBad: 'partitionTime', newest: 5 });
    expect([timeOf(-1), timeOf(NaN), timeOf(year2106), timeOf(6)]).toEqual([5, 5, 5, 6]);
  });

  test('which is an error where there is none yet', () => {
    expect(judging({ onBad: 'partitionTime' }).timeOf(-1)).toContain('No record of the partition before it');
  });

  test('it goes by the time that a step has moved the partition to, as it will when it is read again from there', () => {
    const steps = [{ offset: 9, watermark: 40 }];
    const first = partition({ steps }, { outOfOrderness: 3 });
    first.deliver(6, 20, 1);
    const again = partition({ offset: 10, watermark: 40 }, { outOfOrderness: 3 });
    expect([first.timeBefore(8), first.timeBefore(10), again.timeBefore(10)]).toEqual([20, 43, 43]);
  });
});
