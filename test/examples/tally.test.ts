import type { KafkaRecord, WindowedRecord } from 'millrace';
import { describe, expect, test } from 'vitest';
import { Tally } from '../../examples/word-count/tally';

const common = { headers: {}, '~provenance': { kind: 'millrace' } } as const;

function lineAt(timestamp: number, partition: number, offset: number): KafkaRecord<null, string> {
  return { key: null, value: 'to be', timestamp, topic: 'lines', partition, offset, ...common };
}

function resultOf(start: number, key: string, value: number): WindowedRecord<string, number> {
  return { key, value, timestamp: start + 9_999, window: { start, end: start + 10_000 }, final: true, ...common };
}

describe('Tally', () => {
  test('counts a line that is read again once', () => {
    const tally = new Tally();
    tally.fed(4);
    for (const line of [lineAt(0, 0, 0), lineAt(1, 1, 0), lineAt(2, 0, 1), lineAt(0, 0, 0), lineAt(1, 1, 0)]) tally.line(line);
    expect(tally.progress(0)).toMatchObject({ fed: 4, read: 3, inFlight: 3 });
  });

  test('counts a result that comes again once, and keeps windows in order of time', () => {
    const tally = new Tally();
    for (let start = 0; start < 80_000; start += 10_000) {
      tally.result(resultOf(start, 'to', 2));
      tally.result(resultOf(start, 'be', 3));
      tally.result(resultOf(start, 'to', 2));
    }
    tally.result(resultOf(0, 'to', 2)); // from long ago
    const { windows, words } = tally.progress(0);
    expect(words).toBe(40);
    expect(windows.map(({ start, words: sum, distinct }) => [start, sum, distinct])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n * 10_000, 5, 2]),
    );
    expect(windows.map(({ top }) => top)).toEqual(
      Array.from({ length: 8 }, () => [
        ['be', 3],
        ['to', 2],
      ]),
    );
  });

  test('has in flight the lines of windows that are not out', () => {
    const tally = new Tally();
    for (let offset = 0; offset < 30; offset++) tally.line(lineAt(offset * 1_000, 0, offset));
    tally.result(resultOf(0, 'to', 1));
    expect(tally.progress(0).inFlight).toBe(20);
    tally.result(resultOf(10_000, 'to', 1));
    expect(tally.progress(0).inFlight).toBe(10);
    tally.done();
    expect(tally.progress(0).inFlight).toBe(0);
  });

  test('takes the rate over the last two seconds', () => {
    const tally = new Tally();
    for (let second = 0; second <= 10; second++) {
      for (let n = 0; n < second; n++) tally.line(lineAt(0, second, n));
      tally.progress(second * 1_000);
    }
    expect(tally.progress(10_000).linesPerSecond).toBe((10 + 9) / 2);
  });
});
