import {
  type ByKeyOptions,
  calendar,
  collectByWindow,
  commitOffsets,
  countByKey,
  type Duration,
  hopping,
  type KafkaRecord,
  reduceByKey,
  session,
  sliding,
  tumbling,
} from 'millrace';
import type { Observable } from 'rxjs';

type Line = KafkaRecord<string, number>;
type Options = ByKeyOptions<Line>;

/** Windows to be measured, with what is done in them. */
export interface WindowCase {
  /** What is done with each key. Default: values are added. */
  readonly doing?: string;
  /** Event time until as much is open as ever will be, s. Default 60. */
  readonly warmUp?: number;
  /** The case whose rate it is compared with. */
  readonly beside?: string;
  readonly pipeline: (lines$: Observable<Line>) => Observable<unknown>;
}

const sum = (a: number, b: number): number => a + b;
const difference = (reduced: number, leaving: number): number => reduced - leaving;

function summing(options: Options, more: Omit<WindowCase, 'pipeline'> = {}): WindowCase {
  return { ...more, pipeline: (lines$) => lines$.pipe(reduceByKey<Line>(sum, options), commitOffsets()) };
}

function overlapping(size: Duration, warmUp: number): WindowCase {
  return summing({ window: hopping(size, { every: '1s' }) }, { warmUp, beside: "tumbling('1s')" });
}

const everySecond: NonNullable<Options['window']> = {
  kind: 'custom',
  name: 'each second',
  assign: (timestamp) => {
    const start = Math.floor(timestamp / 1_000) * 1_000;
    return [{ start, end: start + 1_000 }];
  },
};

/** By what a table of them says. */
export const windowCases: { readonly [name: string]: WindowCase } = {
  'no operator': { doing: 'records are acked', pipeline: (lines$) => lines$.pipe(commitOffsets()) },
  "tumbling('1s')": summing({ window: tumbling('1s') }),
  "tumbling('10s')": summing({ window: tumbling('10s') }),
  "hopping('1s', { every: '1s' })": overlapping('1s', 60),
  "hopping('10s', { every: '1s' })": overlapping('10s', 60),
  "hopping('100s', { every: '1s' })": overlapping('100s', 200),
  "hopping('1h', { every: '1s' })": overlapping('1h', 3_700),
  "hopping('1h', …) and inverse": {
    doing: 'added, and taken out',
    warmUp: 3_700,
    beside: "tumbling('1s')",
    pipeline: (lines$) =>
      lines$.pipe(reduceByKey<Line>(sum, { window: hopping('1h', { every: '1s' }), inverse: difference }), commitOffsets()),
  },
  "hopping('1h', …) and countByKey": {
    doing: 'counted',
    warmUp: 3_700,
    beside: "tumbling('1s')",
    pipeline: (lines$) => lines$.pipe(countByKey<Line>({ window: hopping('1h', { every: '1s' }) }), commitOffsets()),
  },
  "hopping('10s', …) and early results": summing(
    { window: hopping('10s', { every: '1s' }), emit: { every: '1s' } },
    { beside: "tumbling('1s')" },
  ),
  "hopping('100s', …) and early results": summing(
    { window: hopping('100s', { every: '1s' }), emit: { every: '1s' } },
    { warmUp: 200, beside: "tumbling('1s')" },
  ),
  "hopping('10s', …) and collectByWindow": {
    doing: 'listed',
    beside: "tumbling('1s')",
    pipeline: (lines$) => lines$.pipe(collectByWindow<Line>({ window: hopping('10s', { every: '1s' }) }), commitOffsets()),
  },
  "calendar('day')": summing({ window: calendar('day', { timeZone: 'Europe/Berlin' }) }),
  'custom, of one second': summing({ window: everySecond }),
  "session({ gap: '500ms' })": summing({ window: session({ gap: 500 }) }),
  "sliding('1s')": summing({ window: sliding('1s') }),
  'no window': summing({}),
};
