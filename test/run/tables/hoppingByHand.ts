import type { Origin, ResultOrigin } from '../../../src/run/holds';
import type { DueWindow, Miss } from '../../../src/run/tables/windowTable';
import type { TimeWindow } from '../../../src/records';
import type { HoppingWindow } from '../../../src/time/hopping';
import { keyIdentity } from '../../../src/time/keyIdentity';
import { sliceOf } from '../../../src/time/slices';
import { windowsOf } from '../../../src/time/windowsOf';

/** A record as a window keeps it. */
interface Kept {
  readonly origin: Origin;
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: string;
  readonly firstEnd: number;
  readonly lastEnd: number;
}

interface Expected {
  readonly window: TimeWindow;
  readonly results: readonly { readonly key: unknown; readonly value: readonly string[]; readonly window: TimeWindow }[];
  readonly holds: readonly (readonly [offset: number, stamp: number])[];
  readonly sources: ReadonlyMap<ResultOrigin, number>;
}

/** Hopping windows that share nothing: each keeps its own list of records, and searches it for every answer. */
export class HoppingByHand {
  readonly #windows: { readonly window: TimeWindow; readonly records: Kept[] }[] = [];

  constructor(
    private readonly shape: HoppingWindow,
    private readonly options: { readonly slots: number; readonly grace: number; readonly isOut: (end: number) => boolean },
  ) {}

  add(origin: Origin, timestamp: number, key: unknown, value: string): Miss | undefined {
    const { grace, isOut } = this.options;
    const windows = windowsOf(this.shape)(timestamp, undefined);
    const open = windows.filter(({ end }) => end + grace > origin.stamp);
    const kept = { origin, timestamp, key, value, firstEnd: open[0]?.end ?? NaN, lastEnd: open.at(-1)?.end ?? NaN };
    for (const window of open) {
      if (isOut(window.end)) continue;
      const there = this.#windows.find(({ window: { end } }) => end === window.end);
      if (there) there.records.push(kept);
      else this.#windows.push({ window, records: [kept] });
    }
    const window = windows.filter(({ end }) => end + grace <= origin.stamp).at(-1);
    if (!window) return undefined;
    return { how: open.length === 0 ? 'late' : 'late in some windows', window, by: origin.stamp - (window.end + grace) };
  }

  get ends(): readonly number[] {
    return this.#windows.map(({ window }) => window.end).sort((a, b) => a - b);
  }

  takeFirst(through: number): Expected | undefined {
    const end = this.ends[0] ?? Infinity;
    if (end > through || end === Infinity) return undefined;
    const [taken] = this.#windows.splice(
      this.#windows.findIndex(({ window }) => window.end === end),
      1,
    );
    if (!taken) throw new Error('it was there');
    const { window, records } = taken;
    return { window, results: this.#results(window, records), holds: this.#holdsOf(records), sources: sourcesOf(window, records) };
  }

  #results(window: TimeWindow, records: readonly Kept[]): Expected['results'] {
    const inOrder = records.toSorted((a, b) => a.origin.slot - b.origin.slot); // it is stable, and a partition comes in order of offset
    const identities = [...new Set(inOrder.map(({ key }) => keyIdentity(key)))];
    return identities.map((identity) => {
      const ofKey = inOrder.filter(({ key }) => keyIdentity(key) === identity);
      const bySlice = ofKey.toSorted(
        (a, b) => a.origin.slot - b.origin.slot || sliceOf(this.shape, a.timestamp).start - sliceOf(this.shape, b.timestamp).start,
      );
      return { key: ofKey[0]?.key, value: bySlice.map(({ value }) => value), window };
    });
  }

  #holdsOf(records: readonly Kept[]): Expected['holds'] {
    return Array.from({ length: this.options.slots }, (_, slot) => {
      const first = records.filter(({ origin }) => origin.kind === 'record' && origin.slot === slot).map(({ origin }) => origin);
      first.sort((a, b) => a.offset - b.offset);
      return [first[0]?.offset ?? Infinity, first[0]?.stamp ?? -Infinity] as const;
    });
  }

  get #all(): readonly Kept[] {
    return [...new Set(this.#windows.flatMap(({ records }) => records))];
  }

  get holds(): Expected['holds'] {
    return this.#holdsOf(this.#all);
  }

  /** One part for each slice and first window, partition and key. */
  get size(): number {
    return new Set(
      this.#all.map(({ origin, timestamp, key, firstEnd }) =>
        [sliceOf(this.shape, timestamp).start, firstEnd, origin.slot, keyIdentity(key)].join(),
      ),
    ).size;
  }

  hasKey(identity: unknown, { end }: TimeWindow): boolean {
    return this.#windows.some(({ window, records }) => window.end === end && records.some(({ key }) => keyIdentity(key) === identity));
  }
}

/** Each result of an earlier operator is in the sources of the last window it is in. */
function sourcesOf({ end }: TimeWindow, records: readonly Kept[]): ReadonlyMap<ResultOrigin, number> {
  const sources = new Map<ResultOrigin, number>();
  for (const { origin, lastEnd } of records)
    if (origin.kind === 'window' && lastEnd === end) sources.set(origin, (sources.get(origin) ?? 0) + 1);
  return sources;
}

/** What a table gave, in the form of what is expected; with the results read so far. */
export function givenBy({ start, end, holds }: DueWindow, slots: number): Omit<Expected, 'results'> {
  return {
    window: { start, end },
    holds: Array.from({ length: slots }, (_, slot) => [holds.offsetOf(slot), holds.stampOf(slot)] as const),
    sources: holds.sources,
  };
}
