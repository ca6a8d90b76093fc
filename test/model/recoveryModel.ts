import type { Random } from './random';
import type { RecoveryRule } from './recoveryRules';

/** How a pipeline of the model is built. */
export interface ModelPlan {
  /** Hopping windows begin every so many units of time; a session is closed by a gap; `'sliding'`: one for each set of records not further apart than a span. */
  readonly every: number | 'session' | 'sliding';
  /** What has changed in open windows is told now and then. */
  readonly updates: boolean;
  /** Results go into a second window. */
  readonly chained: boolean;
  readonly exactlyOnce: boolean;
  /** Nothing but the log moves watermarks, so that what is late is known. */
  readonly calm: boolean;
  /** Steps that fit into the metadata of a commit. */
  maxSteps: number;
  readonly broken: RecoveryRule | undefined;
  readonly random: Random;
}

export interface ModelRecord {
  readonly timestamp: number;
  readonly key: string;
  readonly id: number;
  /** The largest timestamp before it in its partition: its watermark, where nothing else moves it. */
  readonly watermark: number;
}

export interface ModelOutput {
  /** The window and key of a result. */
  readonly final?: string;
  readonly ids?: readonly number[];
  /** The windows that went into it. */
  readonly of?: readonly ModelWindow[];
  /** The record that is late, and where it stands. */
  readonly late?: number;
  readonly partition?: number;
  readonly offset?: number;
  /** What open windows came to so far is told because of these. */
  readonly changes?: readonly ModelChange[];
}

/** A record has changed a window. */
interface ModelChange {
  readonly partition: number;
  readonly offset: number;
  /** The record, and its window where that follows from the record. */
  readonly what: string;
}

type ModelStep = readonly [offset: number, watermark: number];

interface ModelCommit {
  readonly offset: number;
  readonly watermark: number;
  readonly steps: readonly ModelStep[];
  readonly acked: number;
  readonly out: number;
  readonly founders: number;
}

/** What survives a crash: the logs, what reached the outputs, and per partition the last commit (null before the first). */
export interface ModelBroker {
  readonly logs: ModelRecord[][];
  readonly committed: (ModelCommit | null)[];
  readonly outputs: ModelOutput[];
  /** All changes of windows in any life, and those whose window has closed in some life: they need not be told any more. */
  readonly changes: Map<string, ModelChange>;
  readonly closed: Set<string>;
  /** What commits said too early. */
  readonly problems: string[];
}

interface ModelWindow {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly ids: readonly number[];
  /** Offset per partition. */
  readonly holds: readonly number[];
  open: boolean;
  released: boolean;
}

interface SecondWindow {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly ids: number[];
  /** The windows folded into it. */
  readonly of: ModelWindow[];
}

interface ModelPartition {
  position: number;
  watermark: number;
  /** The watermark as (offset of the next record, watermark), to know it at any later offset. */
  readonly moves: ModelStep[];
  steps: ModelStep[];
  /** The step that is not yet acknowledged; the partition delivers nothing meanwhile. */
  gate: ModelStep | null;
  readonly acked: number;
  readonly unacked: Set<number>;
  idle: boolean;
  /** The ends that the others must reach before it joins them. */
  joinsAfter: readonly number[] | null;
}

const size = 10;
const gap = 10;
const span = 5;
const secondSize = 20;
export const grace = 3;

interface Spanning {
  readonly start: number;
  readonly end: number;
}

export const byEnd = (a: Spanning, b: Spanning): number => a.end - b.end || a.start - b.start;

/** The windows [start, end) of a timestamp: several for hopping, one for tumbling; for a session what it would be on its own. */
export function spansOf(every: ModelPlan['every'], timestamp: number): readonly (readonly [start: number, end: number])[] {
  if (every === 'session') return [[timestamp, timestamp + gap]];
  if (every === 'sliding') return Array.from({ length: span + 1 }, (_, later) => [timestamp + later - span, timestamp + later + 1]);
  const spans: [number, number][] = [];
  for (let start = Math.floor(timestamp / every) * every; start + size > timestamp; start -= every) spans.push([start, start + size]);
  return spans;
}

/** The start of the second window that the result of a window goes into; a result's timestamp is end - 1. */
export const secondOf = (end: number): number => Math.floor((end - 1) / secondSize) * secondSize;

/**
 * One life of a process, from a restart to a crash, as the rules of recovery want it.
 *
 * One instance reads partitions that may grow in number, and folds their records per key into windows merged over the partitions. `plan.broken` leaves one
 * rule out.
 */
export class ModelLife {
  readonly partitions: ModelPartition[] = [];
  /** Kept until `out` reaches the end. */
  windows: ModelWindow[] = [];
  /** Where windows are chained. */
  seconds: SecondWindow[] = [];
  /** At least once: sent, not yet acked. Exactly once: waiting for the next transaction. */
  readonly outputs: ModelOutput[] = [];
  /** The commit under way, never more than one. */
  #request: {
    readonly outputs: readonly ModelOutput[];
    readonly commits: readonly (ModelCommit | null)[];
    readonly gates: readonly (ModelStep | null)[];
  } | null = null;
  /** Changes that are not told yet. */
  #untold: ModelChange[] = [];
  /** The sliding window of each key that closed last. */
  readonly #lastSets = new Map<string, ModelWindow>();
  /** The highest combined watermark at which windows closed in this life. */
  #closedAt = -Infinity;
  #out: number;
  readonly #founders: number;

  constructor(
    private readonly broker: ModelBroker,
    private readonly plan: ModelPlan,
  ) {
    const commits = broker.committed.filter((commit) => commit !== null);
    this.#out = this.#keeps('out') ? Math.max(-Infinity, ...commits.map(({ out }) => out)) : -Infinity;
    const [first] = commits;
    this.#founders = !first ? broker.logs.length : this.#keeps('founders') ? first.founders : 0;
    broker.logs.forEach((_, number) => this.assign(number));
  }

  #keeps(rule: RecoveryRule): boolean {
    return this.plan.broken !== rule;
  }

  // Partitions

  assign(number: number): void {
    const commit = this.broker.committed[number];
    const { offset, watermark, steps, acked } = commit ?? { offset: 0, watermark: -Infinity, steps: [], acked: 0 };
    const partition: ModelPartition = {
      position: offset,
      watermark,
      moves: [[offset, watermark]],
      steps: [...steps],
      gate: null,
      acked,
      unacked: new Set(),
      idle: false,
      joinsAfter: null,
    };
    this.partitions[number] = partition;
    if (commit) return;
    if (number >= this.#founders) partition.joinsAfter = this.broker.logs.map((log) => log.length);
    else if (this.#keeps('firstCommit')) this.#step(partition, -Infinity);
  }

  partition(number: number): ModelPartition {
    const partition = this.partitions[number];
    if (!partition) throw new Error(`there is no partition ${number}`);
    return partition;
  }

  caughtUp(number: number): boolean {
    return this.partition(number).position === this.broker.logs[number]?.length;
  }

  get allCaughtUp(): boolean {
    return this.partitions.every(({ joinsAfter }, number) => this.caughtUp(number) && !joinsAfter);
  }

  /** Delivers the next record, or lets the partition join; whatever it may. */
  advance(number: number): void {
    const { joinsAfter, gate } = this.partition(number);
    if (joinsAfter) this.#join(number);
    else if (!this.caughtUp(number) && (!gate || !this.#keeps('gate'))) this.#deliver(number);
  }

  /** A joining partition counts in nothing until the others have replayed what earlier lives may have closed windows by. */
  #join(number: number): void {
    const partition = this.partition(number);
    const others = this.partitions
      .map((other, index) => ({ other, end: partition.joinsAfter?.[index] ?? 0 }))
      .filter(({ other }) => !other.joinsAfter);
    if (this.#keeps('joinWait') && others.some(({ other, end }) => other.position < end)) return;
    const reached = others.map(({ other }) =>
      other.gate && this.#keeps('joinTogether') ? Math.max(other.watermark, other.gate[1]) : other.watermark,
    );
    partition.joinsAfter = null;
    this.#step(partition, this.#keeps('joinStep') ? Math.max(this.#closedAt, Math.min(...reached)) : -Infinity);
  }

  /** Nothing to read: windows do not wait for it, as long as there is another one that they can go by. */
  rest(number: number): void {
    const partition = this.partition(number);
    if (!this.caughtUp(number) || partition.joinsAfter || this.partitions.filter((other) => !other.idle && !other.joinsAfter).length <= 1)
      return;
    partition.idle = true;
    this.#closeDue();
  }

  // Watermarks

  #combined(): number {
    const counted = this.partitions.filter(({ idle, joinsAfter }) => !idle && !joinsAfter);
    return counted.length > 0 ? Math.min(...counted.map(({ watermark }) => watermark)) : -Infinity;
  }

  #raise(partition: ModelPartition, to: number): void {
    if (to <= partition.watermark) return;
    partition.watermark = to;
    partition.moves.push([partition.position, to]);
  }

  /** Steps in force at this position: those of earlier lives again at their offset, and acknowledged ones of this life. */
  #takeSteps(partition: ModelPartition): void {
    for (const step of partition.steps) if (step[0] <= partition.position && step !== partition.gate) this.#raise(partition, step[1]);
  }

  #step(partition: ModelPartition, to: number): void {
    const step: ModelStep = [partition.position, to];
    partition.steps = [...partition.steps.filter(([offset]) => offset !== partition.position), step]; // of several at one offset the last is the highest
    if (!this.plan.exactlyOnce && this.#keeps('writeAhead')) partition.gate = step;
    else this.#takeSteps(partition);
  }

  #force(partition: ModelPartition, to: number): void {
    const committable = this.#committable(partition);
    const beyond = partition.steps.filter(([offset]) => offset > committable && offset !== partition.position);
    if (beyond.length >= this.plan.maxSteps && this.#keeps('fits')) return;
    if (to > partition.watermark && !partition.gate && !partition.joinsAfter) this.#step(partition, to);
  }

  /** All idle: event time follows the wall clock. */
  tick(to: number): void {
    for (const partition of this.partitions) this.#force(partition, to);
    this.#closeDue();
  }

  // Records and windows

  #deliver(number: number): void {
    const partition = this.partition(number);
    const offset = partition.position;
    const record = this.broker.logs[number]?.[offset];
    if (!record) throw new Error(`there is no record ${number}@${offset}`);
    const { timestamp, id } = record;
    const spans = this.#onTime(record, this.#keeps('ownWatermark') ? partition.watermark : this.#combined());
    // A life that committed nothing may have judged it otherwise, by steps that nobody has seen.
    for (const [what, change] of this.broker.changes)
      if (change.partition === number && change.offset === offset) this.broker.changes.delete(what);
    for (const [start, end] of spans) this.#fold(number, offset, record, start, end);
    const last = spans.at(-1);
    if (this.plan.every === 'sliding' && last && this.#keeps('slidingHold'))
      this.#fold(number, offset, record, last[0] + 1, last[1] + 1, false);
    if (spans.length === 0 && (offset >= partition.acked || !this.#keeps('ackedThrough'))) {
      partition.unacked.add(offset);
      this.outputs.push({ late: id, partition: number, offset });
    }
    partition.steps = partition.steps.filter(([at, to]) => at !== offset || (this.#keeps('forget') && to > timestamp));
    partition.position++;
    partition.idle = false;
    this.#raise(partition, timestamp);
    this.#takeSteps(partition);
    this.#closeDue();
  }

  #onTime({ timestamp, key }: ModelRecord, watermark: number): readonly (readonly [number, number])[] {
    const spans = spansOf(this.plan.every, timestamp);
    if (this.plan.every !== 'session') return spans.filter(([, end]) => end + grace > watermark);
    if (this.#keeps('sessionLateness')) return timestamp < watermark - grace ? [] : spans;
    const end = Math.max(timestamp + gap, ...this.#touching(key, timestamp, timestamp + gap).map((window) => window.end));
    return end + grace <= watermark ? [] : spans;
  }

  /** The open windows that a record with this span is part of: the same one, or the sessions less than a gap away. */
  #touching(key: string, start: number, end: number): readonly ModelWindow[] {
    const together = (window: ModelWindow) =>
      this.plan.every === 'session' ? start < window.end && window.start < end : start === window.start;
    return this.windows.filter((window) => window.open && window.key === key && together(window));
  }

  #fold(number: number, offset: number, { key, id }: ModelRecord, from: number, to: number, counts = true): void {
    if (to + grace <= this.#closedAt) throw new Error('a record was folded into a closed window');
    const near = this.#touching(key, from, to);
    const end = Math.max(to, ...near.map((window) => window.end));
    if (this.#isOut(end) && !this.#isRebuilt) return;
    const holds = this.partitions.map((_, index) =>
      Math.min(index === number ? offset : Infinity, ...near.map((window) => window.holds[index] ?? Infinity)),
    );
    const start = Math.min(from, ...near.map((window) => window.start));
    const ids = [...(counts ? [id] : []), ...near.flatMap((window) => window.ids)];
    this.windows = [
      ...this.windows.filter((window) => !near.includes(window)),
      { key, start, end, ids, holds, open: true, released: false },
    ];
    const change: ModelChange = { partition: number, offset, what: this.#named(id, start) };
    if (!this.plan.updates || this.plan.every === 'sliding') return;
    this.broker.changes.set(change.what, change);
    // Told now, a session that is out would have this for its last word. Should it turn out that it is not, whoever joins it tells.
    if (this.#isOut(end)) this.broker.closed.add(change.what);
    if (offset >= this.partition(number).acked || !this.#keeps('ackedThrough')) this.#untold.push(change);
  }

  /** Whether windows that are out are rebuilt, though they give nothing. */
  get #isRebuilt(): boolean {
    const { every } = this.plan;
    return (every === 'session' && this.#keeps('sessionSuppressAtClose')) || (every === 'sliding' && this.#keeps('slidingSuppressAtClose'));
  }

  #named(id: number, start: number): string {
    return this.plan.every === 'session' ? `${id}` : `${id} in ${start}`;
  }

  /** It is time to tell what has changed in windows that are still open. */
  tell(): void {
    const changes = this.#untold.filter(({ what }) => !this.broker.closed.has(what)); // a closed window has given its own result
    this.#untold = [];
    if (changes.length > 0) this.outputs.push({ changes });
  }

  /** Windows close when the combined watermark has reached end + grace, and every idle partition has been stepped to it. */
  #closeDue(): void {
    const now = this.#combined();
    const isDue = ({ end }: Spanning) => end + grace <= now;
    const due = this.windows.filter((window) => window.open && isDue(window)).sort(byEnd);
    if (due.length === 0 && !this.seconds.some(isDue)) return;
    const behind = () =>
      this.partitions.filter(({ idle, joinsAfter, watermark }) => idle && !joinsAfter && watermark < now && this.#keeps('idleStep'));
    for (const partition of behind()) this.#force(partition, now);
    if (behind().length > 0) return; // their steps are not acknowledged yet, or do not fit
    this.#closedAt = Math.max(this.#closedAt, now);
    for (const window of due) {
      window.open = false;
      for (const id of window.ids) this.broker.closed.add(this.#named(id, window.start));
      if (this.#isSameSet(window) || this.#isOut(window.end))
        this.windows = this.windows.filter((other) => other !== window); // rebuilt, and already out, or nothing new
      else if (this.plan.chained) this.#foldSecond(window);
      else this.#emit(window, [window]);
    }
    for (const second of this.seconds.filter(isDue).sort(byEnd)) {
      this.seconds = this.seconds.filter((other) => other !== second);
      this.#emit(second, second.of);
    }
  }

  /** Whether a window that slides has the same records as the one before, or none. */
  #isSameSet(window: ModelWindow): boolean {
    if (this.plan.every !== 'sliding') return false;
    const { key, end, ids } = window;
    const last = this.#lastSets.get(key);
    this.#lastSets.set(key, window);
    return ids.length === 0 || (last?.end === end - 1 && setOf(last.ids) === setOf(ids));
  }

  #foldSecond(window: ModelWindow): void {
    const start = secondOf(window.end);
    let second = this.seconds.find((other) => other.key === window.key && other.start === start);
    if (!second) this.seconds.push((second = { key: window.key, start, end: start + secondSize, ids: [], of: [] }));
    second.ids.push(...window.ids);
    second.of.push(window);
    if (this.#keeps('releaseThroughChain')) return;
    window.released = true;
    this.#moveOut();
  }

  // Outputs

  #emit({ start, key, ids }: ModelWindow | SecondWindow, of: readonly ModelWindow[]): void {
    this.outputs.push({ final: `${start} ${key}`, ids: [...ids].sort((a, b) => a - b), of });
  }

  /** The effect of this output is safe: its late record is acked, its windows are released. */
  #settle({ of, partition, offset }: ModelOutput): void {
    if (partition !== undefined && offset !== undefined) this.partition(partition).unacked.delete(offset);
    if (!of) return;
    for (const window of of) window.released = true;
    this.#moveOut();
  }

  /** The end that `out` is compared with: that of the last window in the chain. */
  #lastEnd(end: number): number {
    return this.plan.chained && this.#keeps('outAtChainEnd') ? secondOf(end) + secondSize : end;
  }

  #isOut(end: number): boolean {
    return this.#lastEnd(end) <= this.#out;
  }

  /** Moves `out` through the ends before which everything is released, and lets those windows go. */
  #moveOut(): void {
    const ends = (released: boolean) =>
      this.windows.filter((window) => window.released === released).map((window) => this.#lastEnd(window.end));
    const firstLeft = Math.min(...ends(false));
    this.#out = Math.max(this.#out, ...ends(true).filter((end) => end < firstLeft));
    this.windows = this.windows.filter((window) => !window.released || !this.#isOut(window.end));
  }

  /** At least once: the sink acknowledges some outputs, in any order. */
  ackSome(): void {
    if (this.plan.exactlyOnce) return;
    for (const output of [...this.outputs]) {
      if (this.plan.random.chance(0.5)) continue;
      this.outputs.splice(this.outputs.indexOf(output), 1);
      this.broker.outputs.push(output);
      this.#settle(output);
    }
  }

  // Commits

  #committable(partition: ModelPartition): number {
    const number = this.partitions.indexOf(partition);
    const holding = this.windows.filter(({ released }) => !released || this.#keeps('holdUntilOut'));
    const holds = this.#keeps('hold') ? holding.map(({ holds: held }) => held[number] ?? Infinity) : [];
    return Math.min(partition.position, ...(this.#keeps('ack') ? partition.unacked : []), ...holds);
  }

  /** Asks for a commit of every partition. Exactly once: it is the transaction, and what it carries counts as settled (if it aborts, the life ends). */
  commit(): void {
    if (this.#request) return;
    const { exactlyOnce, maxSteps, random } = this.plan;
    if (exactlyOnce && this.#keeps('tellFirst')) this.tell();
    const taken = this.#keeps('wholeWindow') || random.chance(0.5) ? Infinity : this.outputs.length >> 1;
    const outputs = exactlyOnce ? this.outputs.splice(0, taken) : [];
    for (const output of outputs) this.#settle(output);
    const commits = this.partitions.map((partition): ModelCommit | null => {
      if (partition.joinsAfter) return null;
      const { position, steps, moves, unacked, acked } = partition;
      const offset = this.#committable(partition);
      const watermark = Math.max(...[...moves, ...steps].filter(([at]) => at <= offset).map(([, to]) => to));
      return {
        offset,
        watermark: this.#keeps('watermarkAtOffset') ? watermark : -Infinity,
        steps: this.#keeps('steps') ? steps.filter(([at]) => at > offset).slice(-maxSteps) : [],
        acked: Math.max(acked, Math.min(position, ...unacked, ...this.#untoldOf(partition))),
        out: this.#out,
        founders: this.#founders,
      };
    });
    this.#request = { outputs, commits, gates: this.partitions.map(({ gate }) => gate) };
  }

  /** Records whose changes are not told, or not taken. */
  #untoldOf(partition: ModelPartition): number[] {
    if (!this.#keeps('untold')) return [];
    const number = this.partitions.indexOf(partition);
    const changes = [...this.#untold, ...this.outputs.flatMap((output) => output.changes ?? [])];
    return changes.filter((change) => change.partition === number && !this.broker.closed.has(change.what)).map(({ offset }) => offset);
  }

  #store(number: number, commit: ModelCommit): void {
    const { changes, closed, committed, outputs, problems } = this.broker;
    committed[number] = commit;
    const told = new Set(outputs.flatMap((output) => output.changes?.map(({ what }) => what) ?? []));
    for (const { partition, offset, what } of changes.values())
      if (partition === number && offset < commit.acked && !told.has(what) && !closed.has(what))
        problems.push(`${what} is acked through, and not told`);
  }

  /** The request reaches the broker. At least once: each partition may be stored or not, and the answer may be lost. In a crash nobody hears it. */
  arrive(crashing = false): void {
    if (!this.#request) return;
    const { outputs, commits, gates } = this.#request;
    const { broker, plan } = this;
    const { random } = plan;
    this.#request = null;
    if (plan.exactlyOnce) {
      const aborted = crashing && random.chance(0.5);
      if (!aborted) broker.outputs.push(...outputs);
      if (this.#keeps('oneTransaction') ? aborted : crashing && random.chance(0.5)) return;
      commits.forEach((commit, number) => {
        if (commit) this.#store(number, commit);
      });
    } else {
      commits.forEach((commit, number) => {
        const stored = commit !== null && random.chance(0.7);
        const heard = stored && !crashing && random.chance(0.7);
        if (stored) this.#store(number, commit);
        this.#answered(this.partition(number), gates[number] ?? null, heard);
      });
    }
    this.#closeDue();
  }

  #answered(partition: ModelPartition, gate: ModelStep | null, heard: boolean): void {
    if (!gate || partition.gate !== gate) return;
    if (!heard && this.#keeps('keepStep')) return;
    if (!heard) partition.steps = partition.steps.filter((step) => step !== gate);
    partition.gate = null;
    if (heard) this.#takeSteps(partition);
  }

  /** What was under way may or may not have arrived. */
  crash(): void {
    this.arrive(true);
    if (!this.plan.exactlyOnce) this.broker.outputs.push(...this.outputs.filter(() => this.plan.random.chance(0.5)));
  }
}

/** The same text for the same records. */
export function setOf(ids: readonly number[]): string {
  return [...ids].sort((a, b) => a - b).join();
}
