import { Random } from './random';
import { byEnd, grace, type ModelBroker, ModelLife, type ModelPlan, type ModelRecord, secondOf, setOf, spansOf } from './recoveryModel';
import type { RecoveryRule } from './recoveryRules';

/** What a run of the model is drawn from. */
export interface ModelRun {
  readonly seed: number;
  readonly moves: number;
  /** Whether partitions are added all the time: what happens then needs several to be added at just the right moment. */
  readonly growing: boolean;
}

/** Lets a process of the model live and crash for so many moves, and then finish; says what is wrong with what all its lives gave. */
export function runModel({ seed, moves, growing }: ModelRun, broken?: RecoveryRule): string[] {
  const random = new Random(seed);
  const plan: ModelPlan = {
    every: ([10, 5, 3, 'session', 'sliding'] as const)[random.below(5)] ?? 10,
    updates: random.chance(0.3),
    chained: random.chance(0.3),
    exactlyOnce: !growing && random.chance(0.5),
    maxSteps: 1 + random.below(2),
    calm: !growing && random.chance(0.3),
    broken,
    random,
  };
  const partitions = growing ? 1 : 1 + random.below(3);
  const broker: ModelBroker = {
    logs: Array.from({ length: partitions }, () => []),
    committed: Array.from({ length: partitions }, () => null),
    outputs: [],
    changes: new Map(),
    closed: new Set(),
    problems: [],
  };
  try {
    liveAndCrash(broker, plan, moves, growing);
    return problemsOfModel(broker, plan);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function liveAndCrash(broker: ModelBroker, plan: ModelPlan, moves: number, growing: boolean): void {
  const { random } = plan;
  const { logs, committed } = broker;
  let life = new ModelLife(broker, plan);
  let clock = 0;
  let records = 0;
  const anyone = () => random.below(logs.length);
  const crash = () => {
    life.crash();
    life = new ModelLife(broker, plan);
  };
  const tick = (by: number) => {
    if (life.allCaughtUp) life.tick((clock += by));
  };
  const catchUp = () => {
    logs.forEach((log, number) => {
      for (let n = 0; n <= log.length; n++) life.advance(number);
    });
  };
  const append = (number = anyone(), lag = random.below(random.chance(0.2) ? 40 : 6)) => {
    const log = logs[number];
    clock += random.below(4);
    const timestamp = Math.max(0, clock - lag);
    log?.push({
      timestamp,
      key: `k${random.below(3)}`,
      id: records++,
      watermark: Math.max(-Infinity, ...log.map((record) => record.timestamp)),
    });
  };
  /** The topic goes quiet, so that time has to be stepped on. Left to chance it would be rare that every partition is caught up. */
  const lull = () => {
    catchUp();
    tick(1 + random.below(12));
    life.commit();
    life.arrive();
  };
  /** Partitions are added, perhaps several at once: after everything so far is out and committed, or after a life that gave results and committed nothing. */
  const grow = () => {
    if (logs.length >= 5) return;
    const committing = random.chance(0.5);
    catchUp();
    for (let round = 0; round < 3; round++) {
      if (committing) lull();
      life.ackSome();
    }
    if (committing) lull();
    const before = logs.length;
    while (logs.length < Math.min(5, before + 1 + random.below(2))) {
      logs.push([]);
      committed.push(null);
    }
    if (random.chance(0.7)) crash();
    else for (let number = before; number < logs.length; number++) life.assign(number);
    if (random.chance(0.5)) catchUp();
    append(logs.length - 1, random.below(40));
  };
  const calmly: readonly [number, () => void][] = [
    [6, () => append()],
    [7, () => life.advance(anyone())],
    [2, () => life.ackSome()],
    [2, () => life.commit()],
    [3, () => life.arrive()],
    [plan.updates ? 2 : 0, () => life.tell()],
    [1, crash],
  ];
  const withSteps: typeof calmly = [
    [1, () => life.rest(anyone())],
    [1, () => tick(1 + random.below(30))],
    [1, lull],
    [growing ? 3 : 0.5, grow],
  ];
  // How often each happens differs from run to run.
  const actions = (plan.calm ? calmly : [...calmly, ...withSteps]).map(([weight, act]) => ({ weight: weight * random.next(), act }));
  const total = actions.reduce((sum, { weight }) => sum + weight, 0);
  for (let move = 0; move < moves; move++) {
    let left = random.next() * total;
    actions.find(({ weight }) => (left -= weight) < 0)?.act();
  }

  const done = () =>
    life.allCaughtUp &&
    life.windows.length === 0 &&
    life.outputs.length === 0 &&
    logs.every((log, number) => committed[number]?.offset === log.length);
  plan.maxSteps = Infinity;
  for (let round = 0; round < 300 && !done(); round++) {
    catchUp();
    tick(1_000);
    life.tell();
    life.ackSome();
    life.commit();
    life.arrive();
  }
}

interface Batched {
  readonly key: string;
  readonly start: number;
  end: number;
  readonly ids: number[];
}

/** A batch computation over the records that are not late. Without steps it is exact; with steps a record may have missed some of its hopping windows. */
function batch(
  { every, chained, calm }: ModelPlan,
  logs: readonly (readonly ModelRecord[])[],
  late: ReadonlySet<number>,
  distinct: boolean,
): ReadonlyMap<string, readonly number[]> {
  const windows: Batched[] = [];
  const records = logs
    .flat()
    .filter(({ id }) => !late.has(id))
    .sort((a, b) => a.timestamp - b.timestamp);
  for (const { timestamp, key, id, watermark } of records) {
    for (const [start, end] of spansOf(every, timestamp)) {
      if (every !== 'session' && calm && end + grace <= watermark) continue;
      const same = windows.findLast((window) => window.key === key && (every === 'session' ? start < window.end : start === window.start));
      if (!same) windows.push({ key, start, end, ids: [id] });
      else {
        same.ids.push(id);
        same.end = end;
      }
    }
  }
  const isSameSet = ({ key, end, ids }: Batched): boolean =>
    every === 'sliding' && windows.some((other) => other.key === key && other.end === end - 1 && setOf(other.ids) === setOf(ids));
  const results = new Map<string, number[]>();
  for (const { key, start, end, ids } of windows.filter((window) => !distinct || !isSameSet(window)).sort(byEnd)) {
    const name = `${chained ? secondOf(end) : start} ${key}`;
    results.set(name, [...(results.get(name) ?? []), ...ids]);
  }
  return results;
}

function problemsOfModel({ logs, committed, outputs, problems: saidTooEarly }: ModelBroker, plan: ModelPlan): string[] {
  const problems = [...saidTooEarly];
  const finals = new Map<string, readonly number[]>();
  const late = new Set<number>();
  for (const { final, ids = [], late: record } of outputs) {
    if (record !== undefined) {
      if (late.has(record) && plan.exactlyOnce) problems.push(`record ${record} is late twice`);
      late.add(record);
    }
    if (final === undefined) continue;
    const before = finals.get(final);
    if (before && plan.exactlyOnce) problems.push(`${final} is given twice`);
    if (before && before.join() !== ids.join()) problems.push(`${final}: records ${before.join()}, then ${ids.join()}`);
    finals.set(final, before ?? ids);
  }

  const exact = plan.calm || plan.every === 'session' || plan.every === 10;
  const right = batch(plan, logs, late, exact);
  if (exact) for (const final of right.keys()) if (!finals.has(final)) problems.push(`${final}: lost`);
  for (const [final, ids] of finals) {
    const all = [...(right.get(final) ?? [])].sort((a, b) => a - b);
    if (exact ? ids.join() !== all.join() : !ids.every((id) => all.includes(id)))
      problems.push(`${final}: records ${ids.join()}, not ${all.join()}`);
  }
  const seen = new Set([...finals.values()].flat());
  for (const { id, timestamp, watermark } of logs.flat()) {
    if (!late.has(id) && !seen.has(id)) problems.push(`record ${id} is lost`);
    const isLate =
      plan.every === 'session'
        ? timestamp < watermark - grace
        : spansOf(plan.every, timestamp).every(([, end]) => end + grace <= watermark);
    if (isLate && !late.has(id)) problems.push(`record ${id} is not late`);
    if (plan.calm && late.has(id) && !isLate) problems.push(`record ${id} is late`);
  }
  logs.forEach((log, number) => {
    const offset = committed[number]?.offset;
    if (offset !== log.length) problems.push(`partition ${number} has committed ${offset} of ${log.length}`);
  });
  return problems;
}
