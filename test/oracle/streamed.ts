import type { Result } from './batch';
import type { Log, Question } from './judge';
import { merges, type OracleRecord, type OracleWindow, type Span, windowsOf } from './windows';

interface Entry {
  readonly id: string;
  readonly spans: readonly Span[];
}

/**
 * The same as `batch`, found in another way, to be compared with it: records come one by one from the partitions that `turns` names, and what has closed is
 * forgotten before the next one comes. Whole milliseconds are counted through, where `batch` sorts edges.
 *
 * `keepsPromises` says that no record went into a window that had been given.
 */
export function streamed<R extends OracleRecord>(
  log: Log<R>,
  { window, grace = 0, outOfOrderness = 0, keyed = true }: Question<R>,
  turns: readonly number[],
): { results: Result[]; keepsPromises: boolean } {
  const watermarks = log.map(() => -Infinity);
  const nextOffsets = log.map(() => 0);
  const open = new Map<string | null, readonly Entry[]>();
  const results: Result[] = [];
  let closedThrough = -Infinity;
  let keepsPromises = true;

  const close = (through: number): void => {
    // A sliding window stays until the next one was compared with it.
    const stays = ({ end }: Span): boolean => (window.kind === 'sliding' ? end >= through : end > through);
    for (const [key, entries] of open) {
      if (entries.flatMap(({ spans }) => spans).every(({ end }) => end > through)) continue;
      const due = contentsOf(window, entries).filter(({ span }) => span.end <= through);
      for (const { ids, span } of due) {
        if (span.end > closedThrough) results.push({ key, window: span, ids });
        else if (window.kind !== 'sliding') keepsPromises = false;
      }
      // A window that was merged goes with all that is in it, the others of a record go one by one.
      const gone = new Set(merges(window) ? due.flatMap(({ ids }) => ids) : []);
      const left = entries.filter(({ id }) => !gone.has(id));
      open.set(key, merges(window) ? left : left.map(({ id, spans }) => ({ id, spans: spans.filter(stays) })));
    }
    closedThrough = Math.max(closedThrough, through);
  };

  const read = (partition: number): void => {
    const offset = nextOffsets[partition] ?? 0;
    const record = log[partition]?.[offset];
    if (!record) return;
    nextOffsets[partition] = offset + 1;
    const watermark = watermarks[partition] ?? -Infinity;
    const spans = windowsOf(window, record).filter(({ start, end }) =>
      merges(window) ? start >= watermark - grace : end + grace > watermark,
    );
    const key = keyed ? record.key : null;
    if (spans.length > 0) open.set(key, [...(open.get(key) ?? []), { id: `${partition}@${offset}`, spans }]);
    watermarks[partition] = Math.max(watermark, record.timestamp - outOfOrderness);
    close(Math.min(...watermarks) - grace);
  };

  for (const turn of turns) read(turn % log.length);
  log.forEach((records, partition) => records.forEach(() => read(partition)));
  close(Infinity);
  return { results, keepsPromises };
}

/** What each window holds: looked for at every millisecond that some record reaches. */
function contentsOf(window: OracleWindow<never>, entries: readonly Entry[]): { span: Span; ids: string[] }[] {
  const spans = entries.flatMap((entry) => entry.spans);
  if (spans.length === 0) return [];
  const idsWith = (test: (span: Span) => boolean): string[] =>
    inOrder(entries.filter((entry) => entry.spans.some(test)).map(({ id }) => id));
  if (window.kind === 'sliding') {
    const found: { span: Span; ids: string[] }[] = [];
    const ends = spans.map(({ end }) => end);
    for (let end = Math.min(...ends); end <= Math.max(...ends); end++) {
      const ids = idsWith((span) => span.end === end);
      if (ids.length > 0 && ids.join() !== idsWith((span) => span.end === end - 1).join())
        found.push({ span: { start: end - window.span - 1, end }, ids });
    }
    return found;
  }
  if (!merges(window)) {
    const texts = [...new Set(spans.map(({ start, end }) => `${start} ${end}`))];
    return texts.map((text) => {
      const [start = NaN, end = NaN] = text.split(' ').map(Number);
      return { span: { start, end }, ids: idsWith((span) => span.start === start && span.end === end) };
    });
  }
  const found: { span: Span; ids: string[] }[] = [];
  const [least, most] = [Math.min(...spans.map(({ start }) => start)), Math.max(...spans.map(({ end }) => end))];
  let start: number | undefined;
  for (let now = least; now < most; now++) {
    if (start === undefined && spans.some((span) => span.start === now)) start = now;
    if (start === undefined || spans.some((span) => span.start <= now && now + 1 < span.end)) continue; // someone reaches over to the next millisecond
    const [from, end] = [start, now + 1];
    found.push({ span: { start: from, end }, ids: idsWith((span) => from <= span.start && span.end <= end) });
    start = undefined;
  }
  return found;
}

/** By partition, then offset. */
export function inOrder(ids: readonly string[]): string[] {
  const [partition, offset] = [(id: string) => Number(id.split('@')[0]), (id: string) => Number(id.split('@')[1])];
  return [...ids].sort((a, b) => partition(a) - partition(b) || offset(a) - offset(b));
}
