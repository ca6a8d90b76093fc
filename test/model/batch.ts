import { rekeyed } from './life';
import type { Plan, WindowPlan } from './plan';
import type { Logged, StoredTopic } from './storedTopic';

const startOf = ({ size, offset }: WindowPlan, timestamp: number): number => timestamp - ((((timestamp - offset) % size) + size) % size);

/** Where a record's word ends up: the window of each windowed operator, and the last one's key. */
function placeOf(plan: Plan, record: Logged, word: string): { readonly ends: readonly number[]; readonly name: string } {
  const merged = plan.shape === 'merged windows' || plan.shape === 'chained and rekeyed';
  const ends: number[] = [];
  let { timestamp } = record;
  let start = NaN;
  for (const window of plan.windows) {
    start = startOf(window, timestamp);
    ends.push(start + window.size);
    timestamp = start + window.size - 1;
  }
  const key = merged ? word : `${word}${record.partition}`;
  return { ends, name: `[${start} ${plan.shape === 'chained and rekeyed' ? rekeyed(word) : key}` };
}

/** Whether the log alone makes the record late: by the timestamps before it in its own partition. */
function isLate({ windows, outOfOrderness, assigned }: Plan, record: Logged): boolean {
  const newest = assigned === 'no' ? record.newestBefore : record.newestTimedBefore;
  const [first] = windows;
  return first !== undefined && startOf(first, record.timestamp) + first.size + first.grace <= newest - outOfOrderness;
}

const sorted = (ids: string): string => ids.split(' ').sort().join(' ');

/** What is wrong with what all lives together gave, in words; nothing if nothing is. */
export function problemsOf(plan: Plan, topic: StoredTopic): string[] {
  const problems: string[] = [];
  // Where nothing changes the order on the way, values come in order of partition and offset, and so do the merged ones.
  const asCompared = plan.delays || plan.windows.length > 1 ? sorted : (ids: string) => ids;

  const given = new Map<string, string>();
  for (const { name, ids: raw } of topic.results) {
    const ids = asCompared(raw);
    const before = given.get(name);
    if (before !== undefined && before !== ids) problems.push(`${name}: ${before}, then ${ids}`);
    given.set(name, ids);
  }

  const right = new Map<string, string[]>();
  for (const record of topic.records) {
    for (const { id, key } of record.words) {
      const verdicts = [...(topic.verdicts.get(id) ?? [])];
      const late = verdicts.includes(true);
      if (plan.windows.length === 0) right.set(id, [id]);
      else if (verdicts.length !== 1) problems.push(`${id}: ${verdicts.length === 0 ? 'never seen' : 'late in one life, not in another'}`);
      else if (!late) {
        const { name } = placeOf(plan, record, key);
        right.set(name, [...(right.get(name) ?? []), id]);
      }
      if (late && !topic.countedLate.has(id)) problems.push(`${id}: late, and not counted`);
      if (isLate(plan, record) && !late) problems.push(`${id}: not late`);
      if (plan.calm && late && !isLate(plan, record)) problems.push(`${id}: late`);
    }
  }
  for (const [name, ids] of right) {
    const value = given.get(name);
    if (value === undefined) problems.push(`${name}: lost`);
    else if (value !== asCompared(ids.join(' '))) problems.push(`${name}: ${value}, not ${ids.join(' ')}`);
  }
  for (const name of given.keys()) if (!right.has(name)) problems.push(`${name}: made up`);
  return problems;
}

/** The end, in time of the last windowed operator, by which everything in these partitions is out. */
export function lastEndOf(plan: Plan, topic: StoredTopic, partitions: readonly number[]): number {
  const ends = topic.records
    .filter((record) => partitions.includes(record.partition))
    .flatMap((record) =>
      record.words
        .filter(({ id }) => !topic.verdicts.get(id)?.has(true))
        .map(({ key }) => placeOf(plan, record, key).ends.at(-1) ?? -Infinity),
    );
  return Math.max(-Infinity, ...ends);
}
