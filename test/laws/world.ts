import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { encodeMetadata } from '../../src/run/metadata';
import type { PartitionEpoch, Step } from '../../src/run/partitionEpoch';
import { type AssignedPartition, restoreTasks } from '../../src/run/restore';
import type { Share, ShareRoot } from '../../src/run/share';
import type { Progress, Task } from '../../src/run/task';
import type { WindowedStage } from '../../src/run/windowedStage';
import { tumbling, windowStart } from '../../src/time/tumbling';
import { lastEndOf, tableFor } from '../../src/run/tables/tableFor';
import { reducing } from '../time/reducing';

/** What the pipeline is like. */
export interface Plan {
  readonly partitions: number;
  /** Whether windows merge over partitions. */
  readonly merged: boolean;
  /** How many windowed operators follow one another. */
  readonly windows: 0 | 1 | 2;
  readonly outOfOrderness: number;
  readonly maxInFlight: number;
  readonly maxResults: number;
  /** Whether the metadata has room for few steps only. */
  readonly fewSteps: boolean;
}

/** What happens next; the number chooses where. */
export type Action = readonly [keyof World['actions'], number];

/** A record of the log: its elements go into the window of their key, or, those of `direct`, straight to the sink. Null is an offset without a record. */
export type Row = { readonly timestamp: number; readonly keys: readonly string[] } | null;

/** An element on its way, with the elements of the log that it stands for. */
interface Item {
  readonly share: Share;
  readonly ids: readonly string[];
  readonly key: string;
  readonly timestamp: number;
  /** The windowed operator it comes to next; beyond the last one is the sink. */
  readonly next: number;
  readonly from: ShareRoot | undefined;
  readonly result: string | undefined;
}

interface Request {
  readonly epoch: PartitionEpoch;
  readonly task: Task;
  readonly gate: Step | null;
  readonly offset: number;
  readonly metadata: string;
}

export const direct = 'direct';
const shapes = [tumbling(10), tumbling(20)];
const graces = [3, 2];
const owner = 'me';

/**
 * A topic, a pipeline and a broker that stores commits, in which everything happens in any order: elements come late and out of order, commits are stored in
 * part, answers get lost, partitions are taken away and added, the process is killed.
 *
 * What is right is known here without a tracker: which elements there are, and which of them have had their effect.
 */
export class World {
  readonly logs: Row[][];
  readonly committed: ({ readonly offset: number; readonly metadata: string } | null)[];
  /** Elements whose effect is acked, and those that need none: late, or of a record that was dropped. */
  readonly done = new Set<string>();
  readonly late = new Set<string>();
  /** What the sink got, by key and window; several times if it was repeated. */
  readonly outputs = new Map<string, string[]>();
  tasks: readonly Task[] = [];
  items: Item[] = [];
  /** Elements of epochs that have ended. */
  strays: Item[] = [];
  readonly counts = { lives: 0, late: 0, repeats: 0, steps: 0, lostAnswers: 0, strays: 0, results: 0 };
  #request: Request[] | undefined;
  #founders: ReadonlyMap<string, number> = new Map();
  #clock = 0;
  #arriving: Item | undefined;

  constructor(readonly plan: Plan) {
    this.logs = Array.from({ length: plan.partitions }, () => []);
    this.committed = this.logs.map(() => null);
    this.#live();
  }

  get epochs(): readonly PartitionEpoch[] {
    return this.tasks.flatMap(({ partitions }) => partitions).sort((a, b) => a.partition - b.partition);
  }

  /** What each partition would commit now. */
  get progress(): readonly { readonly task: Task; readonly epoch: PartitionEpoch; readonly progress: Progress | null }[] {
    return this.tasks.flatMap((task) => task.partitions.map((epoch) => ({ task, epoch, progress: task.progress(epoch) })));
  }

  /** The same as text, with the credit that is taken. */
  get written(): string {
    return JSON.stringify(
      this.progress.map(({ epoch, progress }) => [progress, epoch.inFlight, epoch.bytesInFlight, epoch.watermark, epoch.gate]),
    );
  }

  readonly actions = {
    append: (n: number) => this.append(n % this.logs.length, (n >> 2) % 4, (n >> 4) % 5 === 0 ? (n >> 7) % 40 : (n >> 7) % 6, n >> 12),
    deliver: (n: number) => this.deliver(n % this.logs.length),
    arrive: (n: number) => this.arrive(n),
    ackSome: (n: number) => this.ackSome(n),
    commit: () => this.commit(),
    answer: (n: number) => this.answer(n),
    rest: (n: number) => this.rest(n % this.logs.length),
    tick: (n: number) => this.tick(n % 30),
    rebalance: () => this.rebalance(),
    crash: () => this.crash(),
    stray: (n: number) => this.stray(n),
    grow: (n: number) => this.grow(n % 2 === 0),
  };

  act([name, choice]: Action): void {
    this.actions[name](choice);
  }

  // What happens

  append(partition: number, later: number, behind: number, shape: number): void {
    this.#clock += later;
    const keys = [['a'], ['b'], ['a', 'b', 'a'], [], [direct], ['b', direct], ['a'], ['c']][shape % 8] ?? [];
    this.logs[partition]?.push(shape % 11 === 10 ? null : { timestamp: this.#clock - behind, keys });
  }

  /** As the pump does it: as far as credit goes, and over offsets without a record. */
  deliver(partition: number): void {
    const epoch = this.epochs[partition];
    const task = this.tasks.find(({ partitions }) => epoch && partitions.includes(epoch));
    const log = this.logs[partition];
    if (!epoch || !task || !log) return;
    for (const each of this.tasks) each.letJoin();
    if (epoch.inFlight >= this.plan.maxInFlight || !task.mayDeliver(epoch)) return;
    let offset = epoch.position;
    while (offset < log.length && !log[offset]) offset++;
    const row = log[offset];
    if (row) {
      const share = epoch.deliver(offset, row.timestamp, this.bytesOf(offset));
      row.keys.forEach((key, index) => {
        const ids = [idOf(partition, offset, index)];
        this.items.push({
          share: share.fork(),
          ids,
          key,
          timestamp: row.timestamp,
          next: key === direct ? this.plan.windows : 0,
          from: undefined,
          result: undefined,
        });
      });
      if (row.keys.length === 0) this.done.add(idOf(partition, offset, 'dropped'));
      share.release();
    } else epoch.skipTo(offset);
    task.advanced(epoch);
  }

  /** An element comes to where it goes next. */
  arrive(n: number): void {
    const [item] = this.items.splice(n % Math.max(1, this.items.length), 1);
    if (item) this.#meet(item);
  }

  /** About half of the elements come to where they go next, in any order. */
  ackSome(n: number): void {
    for (let index = this.items.length - 1; index >= 0; index--) if ((n >> (index % 16)) % 2) this.arrive(index);
  }

  commit(): void {
    this.#request ??= this.tasks.flatMap((task) =>
      task.partitions.flatMap((epoch): Request[] => {
        const progress = task.progress(epoch);
        if (!progress) return [];
        const { offset } = progress;
        const metadata = encodeMetadata(offset, {
          ...progress,
          owner,
          fingerprint: this.#fingerprint,
          founders: this.#founders.get('t') ?? 0,
        });
        return [{ epoch, task, gate: epoch.gate, offset, metadata }];
      }),
    );
  }

  /** Kafka stores the partitions of a request one by one. The answer counts for all of them or, lost, for none. */
  answer(n: number): void {
    const request = this.#request;
    this.#request = undefined;
    if (!request) return;
    const heard = n % 4 < 2;
    if (!heard) this.counts.lostAnswers++;
    for (const [index, { epoch, offset, metadata }] of request.entries())
      if (heard || (n >> (index + 2)) % 2) this.committed[epoch.partition] = { offset, metadata };
    if (heard) for (const { epoch, task, gate } of request) task.acknowledged(epoch, gate);
  }

  /** A partition is found to be idle. */
  rest(partition: number): void {
    const epoch = this.epochs[partition];
    const task = this.tasks.find(({ partitions }) => epoch && partitions.includes(epoch));
    if (!epoch || !task || epoch.position < (this.logs[partition]?.length ?? 0)) return;
    if (epoch.inFlight > 0 || epoch.gate || epoch.joinsAfter || task.blocked) return;
    epoch.idle = true;
    task.closeDue();
  }

  /** The topic goes silent, and the wall clock goes on. */
  tick(by: number): void {
    for (const item of this.items.filter(({ from }) => !from)) this.arrive(this.items.indexOf(item));
    for (const partition of this.logs.keys()) this.rest(partition);
    this.#clock += by;
    for (const task of this.tasks) {
      const due = task.partitions.every(({ idle }) => idle) ? task.dueBy(this.#clock) : undefined;
      if (due !== undefined) task.stepAll(due);
    }
  }

  /** Every partition is given anew; what is on its way is of the former epoch. */
  rebalance(): void {
    for (const task of this.tasks) task.end();
    this.strays.push(...this.items);
    this.#request = undefined;
    this.#live();
  }

  /** What was on its way to the sink may have arrived, and the commit under way been stored in part. */
  crash(n = 2): void {
    this.answer(n | 2);
    for (const item of this.items) if (item.next === this.plan.windows) this.#output(item);
    this.strays = [];
    this.#live();
  }

  /** An element of a former epoch comes to where it goes next. */
  stray(n: number): void {
    const [item] = this.strays.splice(n % Math.max(1, this.strays.length), 1);
    if (!item) return;
    this.counts.strays++;
    if (item.next < this.plan.windows) this.#fold(item);
    else {
      this.#output(item); // the sink has it, but nobody who could commit knows
      item.share.release();
    }
  }

  /** The topic gets another partition. */
  grow(orderly: boolean): void {
    if (this.logs.length >= 4) return;
    this.logs.push([]);
    this.committed.push(null);
    if (orderly) this.rebalance();
    else this.crash();
  }

  /** Lets everything come to an end: by a last record in each partition, long after all others, or by the clock. */
  finish(by: 'records' | 'clock'): void {
    for (const log of this.logs) if (by === 'records') log.push({ timestamp: this.#clock + 1_000, keys: [] });
    for (let round = 0; round < 60 && !this.finished; round++) {
      for (const [partition, log] of this.logs.entries()) {
        for (let n = 0; n <= log.length; n++) {
          this.deliver(partition);
          while (this.items.length > 0) this.arrive(0);
        }
      }
      this.commit();
      this.answer(0);
      if (by === 'clock') for (const partition of this.logs.keys()) this.rest(partition);
      if (by === 'clock') this.tick(1_000);
    }
  }

  get finished(): boolean {
    const windows = this.tasks.some((task) => task.stages.some((stage) => stage.table.size > 0) || !task.settled);
    return (
      !windows && this.items.length === 0 && this.committed.every((commit, partition) => commit?.offset === this.logs[partition]?.length)
    );
  }

  // What is right

  /** Elements of the log, by partition and offset. */
  elements(partition: number, offset: number): { readonly id: string; readonly key: string; readonly timestamp: number }[] {
    const row = this.logs[partition]?.[offset];
    if (!row) return [];
    if (row.keys.length === 0) return [{ id: idOf(partition, offset, 'dropped'), key: direct, timestamp: row.timestamp }];
    return row.keys.map((key, index) => ({ id: idOf(partition, offset, index), key, timestamp: row.timestamp }));
  }

  /** The first offset with an element that has not had its effect. */
  firstUndone(partition: number): number {
    const { length } = this.logs[partition] ?? [];
    for (let offset = 0; offset < length; offset++)
      if (this.elements(partition, offset).some(({ id }) => !this.done.has(id))) return offset;
    return length;
  }

  /** Offsets of the partition with an element on its way. */
  unreleased(epoch: PartitionEpoch): Set<number> {
    const roots = this.items.flatMap(({ share, from }) => (from ? [] : share.root));
    return new Set(roots.flatMap((root) => ('epoch' in root && root.epoch === epoch && 'offset' in root ? [root.offset as number] : [])));
  }

  bytesOf(offset: number): number {
    return 1 + (offset % 3);
  }

  /** Results of a windowed operator that have not come to where they go next. */
  untaken(task: Task, stage: number): number {
    return this.items.filter(({ from, next }) => from && next === stage + 1 && from.stages === task.stages).length;
  }

  /** What a batch computation over the log gives, leaving out the elements that are late. */
  batch(late: ReadonlySet<string>): Map<string, string> {
    const results = new Map<string, string[]>();
    for (const [partition, log] of this.logs.entries()) {
      for (const offset of log.keys()) {
        for (const { id, key, timestamp } of this.elements(partition, offset)) {
          if (key === direct || late.has(id) || this.plan.windows === 0) continue;
          const name = this.#lastResult(this.plan.merged ? 'all' : String(partition), key, timestamp);
          results.set(name, [...(results.get(name) ?? []), id]);
        }
      }
    }
    return new Map([...results].map(([name, ids]) => [name, written(ids)]));
  }

  /** The elements that are late if nothing but timestamps moves watermarks. */
  lateByLog(): Set<string> {
    const late = new Set<string>();
    const [window, grace] = [shapes[0], graces[0]];
    if (!window || grace === undefined || this.plan.windows === 0) return late;
    for (const [partition, log] of this.logs.entries()) {
      let watermark = -Infinity;
      for (const [offset, row] of log.entries()) {
        if (!row) continue;
        const { timestamp } = row;
        const isLate = windowStart(window, timestamp) + window.size + grace <= watermark;
        for (const { id, key } of this.elements(partition, offset)) if (isLate && key !== direct) late.add(id);
        watermark = Math.max(watermark, timestamp - this.plan.outOfOrderness);
      }
    }
    return late;
  }

  // How it works

  get #fingerprint(): string {
    return this.plan.fewSteps ? 'x'.repeat(1_235) : 'x';
  }

  #live(): void {
    this.counts.lives++;
    this.items = [];
    const assigned = this.logs.map(({ length }, partition): AssignedPartition => {
      return { topic: 't', partition, committed: this.committed[partition] ?? null, start: 0, low: 0, end: length };
    });
    const stages = shapes.slice(0, this.plan.windows).map((window, index) => this.#stage(window, index));
    const { tasks, founders } = restoreTasks(assigned, {
      clock: asyncScheduler,
      groupId: 'g',
      stages,
      merged: this.plan.merged && stages.length > 0,
      fingerprint: this.#fingerprint,
      onChange: 'error',
      outOfOrderness: this.plan.outOfOrderness,
      maxResults: this.plan.maxResults,
      onReleased: (epoch) => this.tasks.find(({ partitions }) => partitions.includes(epoch))?.advanced(epoch),
      events: {
        commitWanted: () => this.counts.steps++,
        moved: () => undefined,
        missed: () => this.#late(),
        closing: () => undefined,
      },
    });
    this.tasks = tasks;
    this.#founders = founders;
  }

  #stage(window: (typeof shapes)[number], index: number): WindowedStage {
    return {
      name: `window ${index}`,
      lastEndOf: lastEndOf(window),
      table: (options) => tableFor(window, options),
      grace: graces[index] ?? 0,
      folding: reducing<string[]>((a, b) => [...a, ...b]),
      fingerprint: '',
      emit: ({ key, value, window: held }, _, share) => {
        this.counts.results++;
        const ids = value as string[];
        const task = this.plan.merged ? 'all' : (ids[0]?.split('@')[0] ?? '');
        const next = index + 1;
        this.items.push({
          share,
          ids,
          key: 'all',
          timestamp: held.end - 1,
          next,
          from: share.root,
          result: `${task}: ${key as string} from ${held.start}`,
        });
      },
      fail: (error) => {
        throw error;
      },
    };
  }

  #lastResult(task: string, key: string, timestamp: number): string {
    const [first, second] = shapes;
    if (!first || !second) return '';
    const start = windowStart(first, timestamp);
    return this.plan.windows === 1 ? `${task}: ${key} from ${start}` : `${task}: all from ${windowStart(second, start + first.size - 1)}`;
  }

  #meet(item: Item): void {
    if (item.next < this.plan.windows) {
      this.#fold(item);
      return;
    }
    this.#output(item);
    for (const id of item.ids) this.done.add(id);
    item.share.release();
  }

  #fold(item: Item): void {
    this.#arriving = item;
    item.share.root.stages[item.next]?.fold(item.share, item.timestamp, item.key, item.ids);
    this.#arriving = undefined;
  }

  #late(): void {
    for (const id of this.#arriving?.ids ?? []) {
      this.late.add(id);
      this.done.add(id);
      this.counts.late++;
    }
  }

  #output({ result, ids }: Item): void {
    if (result === undefined) return;
    const before = this.outputs.get(result);
    if (before) this.counts.repeats++;
    this.outputs.set(result, [...(before ?? []), written(ids)]);
  }
}

function idOf(partition: number, offset: number, part: number | string): string {
  return `${partition}@${offset}/${part}`;
}

function written(ids: readonly string[]): string {
  return [...ids].sort().join(' ');
}

/** Any pipeline. */
export const plans = fc.noBias(
  fc.record<Plan>({
    partitions: fc.integer({ min: 1, max: 3 }),
    merged: fc.boolean(),
    windows: fc.constantFrom(0, 1, 1, 2),
    outOfOrderness: fc.constantFrom(0, 0, 4),
    maxInFlight: fc.constantFrom(1, 3, 1_000, 1_000),
    maxResults: fc.constantFrom(1, 2, 1_000, 1_000),
    fewSteps: fc.boolean(),
  }),
);

/** How often something happens, as compared with the rest; how often in one life differs from run to run, so that rare things meet. */
const usual = { append: 12, deliver: 14, arrive: 8, ackSome: 4, commit: 4, answer: 6, crash: 2, rebalance: 1, stray: 1 };
const unsettled = { ...usual, rest: 2, tick: 3, grow: 2 };

/** Anything that happens to a process while nothing but timestamps moves watermarks. */
export const calmActions = actionsOf(usual);

/** Anything at all. */
export const anyActions = actionsOf(unsettled);

function actionsOf(frequency: Partial<Record<Action[0], number>>): fc.Arbitrary<readonly Action[]> {
  const names = Object.keys(frequency) as Action[0][];
  const weights = fc.tuple(...names.map((name) => fc.integer({ min: name === 'append' ? 1 : 0, max: frequency[name] ?? 0 })));
  // Without a bias towards what is small: it takes many steps until rare things meet.
  return fc.noBias(
    weights.chain((chosen) => {
      const bag = chosen.flatMap((weight, index) => new Array<Action[0]>(weight).fill(names[index] ?? 'append'));
      return fc.array(fc.tuple(fc.constantFrom(...bag), fc.nat(0xffff)), { maxLength: 200, size: 'max' });
    }),
  );
}
