import fc from 'fast-check';
import { concatMap, delay, map, type Observable, of } from 'rxjs';
import { expect, test } from 'vitest';
import { commitOffsets, filterRecords, flatMapValues, keyBy, type KafkaRecord, mapValues, tapRecords, text } from '../../src/index';
import { Lines } from './plain';

const bad = 'bad';

function check(value: string): string {
  if (value === bad) throw new RangeError(bad);
  return value;
}

type Line = KafkaRecord<string, string>;
const places: Record<string, (lines$: Observable<Line>) => Observable<Line>> = {
  mapValues: mapValues(check),
  filterRecords: filterRecords((value) => check(value) !== ''),
  flatMapValues: flatMapValues((value) => [check(value)]),
  keyBy: keyBy((value) => check(value)),
  tapRecords: tapRecords((value) => void check(value)),
};

test('L10: a failure arrives once, with its code and place, and neither the failed record nor what follows it is committed', async () => {
  const partition = fc.array(fc.constantFrom('good', 'good', 'good', 'good', bad), { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(partition, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...Object.keys(places), 'decoder', 'timestamp'),
      fc.constantFrom(0, 5),
      async (partitions, place, sinkDelay) => {
        const lines = new Lines(partitions);
        const decode = (bytes: Uint8Array): string => (place === 'decoder' ? check(text.decode(bytes)) : text.decode(bytes));
        const timestamp = (value: string): number => (place === 'timestamp' ? check(value).length : 1);
        const error = await lines.run(
          lines.read({ value: { decode }, timestamp }).pipe(
            (lines$) => places[place]?.(lines$) ?? lines$,
            concatMap((record) =>
              sinkDelay === 0
                ? of(record)
                : of(record).pipe(
                    delay(sinkDelay, lines.time),
                    map((same) => same),
                  ),
            ),
            commitOffsets({ every: 10 }),
          ),
        );
        const first = partitions.map((values) => values.indexOf(bad));
        if (first.every((offset) => offset < 0)) expect(error).toBeUndefined();
        else {
          const code = place === 'decoder' ? 'DECODE_FAILED' : 'CALLBACK_FAILED';
          expect(error).toMatchObject({ code, topic: 'in', cause: new RangeError(bad) });
          expect(error?.offset).toBe(first[error?.partition ?? -1]);
          expect(error?.message).toContain(`in[${error?.partition}]@${error?.offset}`);
        }
        first.forEach((offset, number) => {
          const end = offset < 0 ? (partitions[number]?.length ?? 0) : offset;
          expect(lines.committed(number)).toBeLessThanOrEqual(end);
          if (!error) expect(lines.committed(number)).toBe(end);
        });
      },
    ),
    { numRuns: 100 },
  );
}, 60_000);
