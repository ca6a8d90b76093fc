import type { TimeWindow } from '../../src/records';
import { batch, type Result as Batched } from '../oracle/batch';
import { judge, type Judged } from '../oracle/judge';
import { windowsOf } from '../oracle/windows';
import { keyIn, rekeyed } from './keys';
import type { Plan } from './plan';
import type { Logged, StoredTopic } from './storedTopic';
import { type Folded, isMerging, oracleOf, ordersByTime, type WindowPlan } from './windowKinds';

/** A record of nobody moves the watermark that what follows it is judged by. */
const nobody = 'nobody';

/** What follows is judged by a watermark, which steps may have moved past what timestamps say. */
function judgedBy(stamp: number, { outOfOrderness }: Plan, folded: Folded): Folded[] {
  return stamp === -Infinity ? [folded] : [{ id: '', key: nobody, timestamp: stamp + outOfOrderness }, folded];
}

/** What becomes of a word in the windows of the first operator, when it is judged by this watermark. */
export function judgedWord(plan: Plan, folded: Folded, stamp: number): Judged<Folded> | undefined {
  const [first] = plan.windows;
  if (!first) return undefined;
  const { outOfOrderness } = plan;
  return judge([judgedBy(stamp, plan, folded)], { window: oracleOf(first), grace: first.grace, outOfOrderness }).at(-1);
}

/** A result of the last operator, or of the first, as a batch computation has it. */
interface Right {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** In order of partition and offset. */
  readonly ids: readonly string[];
  /** The end, in time of the last operator, of what it goes into. */
  readonly outEnd: number;
}

export const nameOf = (key: string, { start, end }: { readonly start: number; readonly end: number }): string =>
  `[${start}, ${end}) ${key}`;

/** What lives must have given, all together. Each record is judged by the watermark that they saw before it. */
export class Answer {
  /** Of the first windowed operator. */
  readonly first: readonly Right[];
  /** Of the last one. */
  readonly last: readonly Right[];
  /** The windows of the first operator that a word counts in. */
  readonly windowsOfWord: (id: string) => readonly TimeWindow[];

  constructor(
    private readonly plan: Plan,
    private readonly topic: StoredTopic,
  ) {
    const [first, second] = plan.windows;
    const words = topic.records.flatMap((record) =>
      record.words.map(({ id, key }) => {
        const stamp = [...(topic.verdicts.get(id)?.values() ?? [])][0] ?? -Infinity;
        return { ids: [id], stamp, folded: { id, key: keyIn(plan, record.partition, key), timestamp: record.timestamp } };
      }),
    );
    const folded = new Map(words.map((word) => [word.folded.id, word]));
    this.windowsOfWord = (id) => {
      const word = folded.get(id);
      return (word && judgedWord(plan, word.folded, word.stamp)?.windows) ?? [];
    };
    this.first = first ? this.#resultsOf(first, words, second) : [];
    this.last = !second
      ? this.first
      : this.#resultsOf(
          second,
          this.first.map(({ key, end, ids }) => ({
            ids,
            stamp: -Infinity,
            folded: { id: ids.join(' '), key: plan.shape === 'chained and rekeyed' ? rekeyed(key) : key, timestamp: end - 1 },
          })),
        );
  }

  /** Each stands in a partition of its own, so that each is judged by its own watermark. */
  #resultsOf(
    window: WindowPlan,
    items: readonly { readonly ids: readonly string[]; readonly stamp: number; readonly folded: Folded }[],
    later?: WindowPlan,
  ): Right[] {
    const { outOfOrderness } = this.plan;
    const log = items.map(({ stamp, folded }) => judgedBy(stamp, this.plan, folded));
    const { results } = batch(log, { window: oracleOf(window), grace: window.grace, outOfOrderness });
    const idsOf = ({ ids }: Batched): string[] => ids.flatMap((id) => items[Number(id.split('@')[0])]?.ids ?? []);
    return results.flatMap((result) => {
      const { key, window } = result;
      if (key === null || key === nobody) return [];
      return [{ ...window, key, ids: idsOf(result), outEnd: later ? outEndIn(later, window.end) : window.end }];
    });
  }

  /** The end, in time of the last operator, until which a record must not be passed by a commit. */
  neededUntil(record: Logged): number {
    const { plan } = this;
    const isPartOf = ({ key, start, ids }: Right): boolean =>
      record.words.some(
        (word) =>
          ids.includes(word.id) ||
          // The set of records that slides changes also when one has gone out.
          (plan.windows[0]?.kind === 'sliding' &&
            start === record.timestamp + 1 &&
            key === keyIn(plan, record.partition, word.key) &&
            this.windowsOfWord(word.id).length > 0),
      );
    return Math.max(-Infinity, ...this.first.filter(isPartOf).map(({ outEnd }) => outEnd));
  }

  /** The end, in time of the last operator, by which everything in these partitions is out. */
  lastEnd(partitions: readonly number[]): number {
    const words = this.topic.records.filter(({ partition }) => partitions.includes(partition)).flatMap((record) => record.words);
    const ids = new Set(words.map(({ id }) => id));
    return Math.max(-Infinity, ...this.first.filter((result) => result.ids.some((id) => ids.has(id))).map(({ outEnd }) => outEnd));
  }
}

/** The last end of the windows that the result of a window that ends at `end` goes into. */
export function outEndIn(later: WindowPlan, end: number): number {
  return windowsOf(oracleOf(later), { id: '', key: '', timestamp: end - 1 }).at(-1)?.end ?? end;
}

const sorted = (ids: string): string => ids.split(' ').sort().join(' ');

/** What is wrong with what all lives together gave, in words; nothing if nothing is. */
export function problemsOf(plan: Plan, topic: StoredTopic): string[] {
  const problems: string[] = [];
  const [first] = plan.windows;
  // Where nothing changes the order on the way, values come in order of partition and offset, and so do the merged ones.
  const asCompared = plan.delays || plan.windows.length > 1 || plan.windows.some(ordersByTime) ? sorted : (ids: string) => ids;

  const given = new Map<string, string>();
  for (const { name, ids: raw } of topic.results) {
    const ids = asCompared(raw);
    const before = given.get(name);
    if (before !== undefined && before !== ids) problems.push(`${name}: ${before}, then ${ids}`);
    given.set(name, ids);
  }

  const answer = new Answer(plan, topic);
  const right = new Map(answer.last.map(({ key, start, end, ids }) => [nameOf(key, { start, end }), ids.join(' ')]));
  for (const record of topic.records) {
    for (const word of record.words) {
      if (first) problems.push(...problemsOfWord(plan, topic, record, word));
      else right.set(word.id, word.id);
    }
  }
  for (const [name, ids] of right) {
    const value = given.get(name);
    if (value === undefined) problems.push(`${name}: lost`);
    else if (value !== asCompared(ids)) problems.push(`${name}: ${value}, not ${ids}`);
  }
  for (const name of given.keys()) if (!right.has(name)) problems.push(`${name}: made up`);
  if (first) problems.push(...problemsOfUpdates(plan, topic, answer), ...passedTooEarly(topic, answer));
  return problems;
}

/** Late or not, in every life alike, and told. */
function problemsOfWord(plan: Plan, topic: StoredTopic, record: Logged, { id, key }: Logged['words'][number]): string[] {
  const problems: string[] = [];
  const verdicts = [...(topic.verdicts.get(id) ?? [])];
  const [verdict, stamp] = verdicts[0] ?? ['', -Infinity];
  if (verdicts.length !== 1)
    return [`${id}: ${verdicts.length === 0 ? 'never seen' : `in one life ${verdicts.map(([one]) => one).join(', in another ')}`}`];
  const folded = { id, key, timestamp: record.timestamp };
  const by = judgedWord(plan, folded, stamp);
  const byLog = judgedWord(plan, folded, (plan.assigned === 'no' ? record.newestBefore : record.newestTimedBefore) - plan.outOfOrderness);
  if (by && by.verdict !== 'counts' && !topic.countedMissed.has(id)) problems.push(`${id}: ${verdict}, and not counted`);
  if (by?.verdict === 'late' && plan.windows[0]?.keepsLate && !topic.late.has(id)) problems.push(`${id}: late, and not given`);
  if (by?.verdict !== 'late' && topic.late.has(id)) problems.push(`${id}: ${verdict}, and given as late`);
  const more = (by?.windows.length ?? 0) - (byLog?.windows.length ?? 0);
  if (more > 0 || (plan.calm && more < 0)) problems.push(`${id}: ${verdict}, but ${verdictOf(byLog)} by the log`);
  return problems;
}

/** As text: of all windows of a word those that end first are closed to it first, so their number says which they are. */
export function verdictOf(judged: Judged<Folded> | undefined): string {
  return judged ? `${judged.verdict}, in ${judged.windows.length} windows` : '';
}

/** A result before the end is what its window came to so far; and the last word is not one of those. */
function problemsOfUpdates(plan: Plan, topic: StoredTopic, { last, windowsOfWord }: Answer): string[] {
  const problems: string[] = [];
  const [first] = plan.windows;
  const byWord = new Map<string, Right[]>();
  for (const result of last) for (const id of result.ids) byWord.set(id, [...(byWord.get(id) ?? []), result]);
  for (const { name, ids: joined, window } of topic.updates) {
    const ids = joined.split(' ');
    const whole = byWord
      .get(ids[0] ?? '')
      ?.find((result) => (first && isMerging(first) && plan.windows.length === 1 ? true : name === nameOf(result.key, result)));
    if (!whole) {
      problems.push(`${name}: made up before its end`);
      continue;
    }
    const beside = ids.filter((id) => !whole.ids.includes(id));
    if (beside.length > 0) problems.push(`${name}: ${beside.join(' ')} before its end, and not then`);
    if (plan.delays || plan.windows.length > 1) continue;
    // Of each partition the records from the first on; of windows that grow those that were not apart from it then.
    const newest = new Map<string, number>();
    for (const id of ids) newest.set(partitionOf(id), Math.max(newest.get(partitionOf(id)) ?? -1, whole.ids.indexOf(id)));
    const missing = whole.ids.filter(
      (id, index) =>
        index < (newest.get(partitionOf(id)) ?? -1) &&
        !ids.includes(id) &&
        windowsOfWord(id).some(({ start, end }) => start < (window?.end ?? 0) && end > (window?.start ?? 0)),
    );
    if (missing.length > 0) problems.push(`${name}: ${joined} before its end, without ${missing.join(' ')}`);
  }
  for (const [what, final] of topic.lastWord) if (!final) problems.push(`${what}: its last word was not final`);
  return problems;
}

const partitionOf = (id: string): string => id.split('@')[0] ?? '';

/** No commit may pass a record before every window that it has part in is out: by what that commit says, since a next life knows nothing else. */
function passedTooEarly(topic: StoredTopic, answer: Answer): string[] {
  const problems: string[] = [];
  topic.logs.forEach((log, partition) => {
    const needed = log.map((record) => ({ record, until: answer.neededUntil(record) }));
    for (const { offset, out } of topic.commits.filter((commit) => commit.partition === partition)) {
      const early = needed.find(({ record, until }) => record.offset < offset && until > out);
      if (early)
        problems.push(`${partition}@${early.record.offset}: passed when results were out through ${out}, needed until ${early.until}`);
    }
  });
  return problems;
}
