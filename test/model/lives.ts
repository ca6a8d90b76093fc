import { decodeMetadata } from '../../src/run/metadata';
import { Answer, problemsOf } from './batch';
import { isMerged } from './keys';
import { type Fate, Life } from './life';
import type { Action, Case, Line, Plan } from './plan';
import { StoredTopic } from './storedTopic';
import type { Tamper } from './tamper';

/** What a case came to. */
export interface Outcome {
  readonly problems: readonly string[];
  /** Lives whose bounded read could not end, since the metadata was full. */
  readonly full: number;
}

/** Lets a process live, crash and live again until everything is done; then compares all that it gave with a batch computation. */
export async function live({ plan, lines, actions }: Case, tamper?: Tamper): Promise<Outcome> {
  const lives = new Lives(plan, lines, tamper);
  const problems: string[] = [];
  try {
    for (const action of actions) await lives.act(action);
    lives.appendRest();
    const byTheClock = !plan.calm && actions.length % 2 === 0;
    await lives.settle(byTheClock);
    problems.push(...lives.undone, ...problemsOf(plan, lives.topic));
    const given = lives.topic.results.length;
    await lives.act(['crash', 0]);
    await lives.settle(byTheClock);
    for (const { name } of lives.topic.results.slice(given)) problems.push(`${name}: given by a life that had nothing to do`);
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  lives.end();
  return { problems, full: lives.full };
}

const always: Fate = () => true;
const never: Fate = () => false;

/** The lives of a process, one after the other, on one topic and one group. */
class Lives {
  readonly topic: StoredTopic;
  full = 0;
  readonly #lines: Line[];
  #life: Life;

  constructor(
    private readonly plan: Plan,
    lines: readonly Line[],
    private readonly tamper: Tamper | undefined,
  ) {
    this.topic = new StoredTopic(plan.partitions, plan.epoch);
    this.#lines = [...lines];
    this.#life = new Life(this.topic, plan, tamper);
  }

  #restart(): void {
    this.#life = new Life(this.topic, this.plan, this.tamper);
  }

  end(): void {
    this.#life.crash(never);
  }

  async act(action: Action): Promise<void> {
    await this.#happen(action);
    await this.#leave();
    if (this.#life.failure) throw this.#life.failure;
  }

  async #happen([name, choice]: Action): Promise<void> {
    const life = this.#life;
    const fate: Fate = (index) => ((choice >> (index % 8)) & 1) === 1;
    const mostly: Fate = (index) => ((choice >> ((2 * index) % 12)) & 3) !== 3;
    switch (name) {
      case 'append':
        for (const line of this.#lines.splice(0, 1 + (choice & 3))) this.topic.append(line);
        return;
      case 'fetch':
        return life.fetch(choice % this.topic.logs.length, 1 + ((choice >> 4) & 7));
      case 'arrive':
        for (let n = choice & 3; n >= 0 && life.underway.length > 0; n--) await life.arrive(choice >> 2);
        return;
      case 'ack': {
        const newestFirst = (choice & 0x100) !== 0;
        for (let n = choice & 3; n >= 0 && life.unacked.length > 0; n--)
          await life.ack(newestFirst ? life.unacked.length - 1 : choice >> 9);
        return;
      }
      case 'commit':
        return life.commit();
      case 'answer':
        return life.answer(mostly, (choice >> 12) % 4 > 0);
      case 'wait':
        this.topic.clock += (choice & 12) === 0 ? 40 : 0;
        return life.wait([10, 20, 40, 80][choice & 3] ?? 0);
      case 'quiet':
        // Nothing new comes for long enough to be idle, in all partitions or in some.
        await this.#catchUp((partition) => (choice & 1) === 1 || fate(4 + partition));
        await life.answer(always, true);
        await life.wait(this.plan.idleAfter + 20 + 10 * ((choice >> 1) & 3));
        return life.answer(mostly, true);
      case 'crash':
        life.crash(fate);
        this.#restart();
        return;
      case 'crashMidway':
        // The sink has acked the newest results and not the older ones, and a commit says so.
        for (let n = Math.ceil(life.unacked.length / 2) + (choice >> 14); n > 0 && life.unacked.length > 1; n--)
          await life.ack(life.unacked.length - 1);
        await life.commit();
        await life.answer(mostly, true);
        life.crash(fate);
        this.#restart();
        return;
      case 'unsubscribe':
        await life.leave(mostly);
        this.#restart();
        return;
      case 'rebalance':
        if (life.state !== 'finishing') return life.rebalance(fate);
        life.crash(fate);
        this.#restart();
        return;
      case 'stop':
        return life.stop();
      case 'end':
        return this.plan.calm ? undefined : life.end();
      case 'grow':
        return this.#grow(choice);
    }
  }

  /** Partitions are added, perhaps several at once: when everything so far is out and committed, when it is out and nothing is committed, or at any time. */
  async #grow(choice: number): Promise<void> {
    const { topic, plan } = this;
    if (plan.calm || topic.logs.length >= 5) return;
    const committing = (choice & 1) === 1;
    if (committing) await this.#happen(['quiet', 0xffff]);
    if (choice & 8) {
      await this.#catchUp();
      await this.#ackAll();
    }
    if (committing) {
      await this.#life.answer(always, true);
      await this.#life.commit();
      await this.#life.answer(always, true);
    }
    topic.grow();
    if (choice & 2) topic.grow();
    await this.#happen([choice & 4 ? 'rebalance' : 'crash', choice]);
    const lag = 10 * ((choice >> 8) & 31);
    for (const line of this.#lines.splice(0, 1)) topic.append({ ...line, partition: topic.logs.length - 1, lag });
  }

  async #catchUp(which: Fate = always): Promise<void> {
    for (let partition = 0; partition < this.topic.logs.length; partition++) if (which(partition)) await this.#life.fetch(partition, 1_000);
    while (this.#life.underway.length > 0) await this.#life.arrive(0);
  }

  async #ackAll(): Promise<void> {
    while (this.#life.unacked.length > 0) await this.#life.ack(0);
  }

  async #leave(): Promise<void> {
    if (!this.#life.mayLeave && !this.#life.full) return;
    if (this.#life.full && !this.plan.crowded) throw new Error('the metadata is full');
    if (this.#life.full) this.full++;
    await this.#life.leave(always);
    this.#restart();
  }

  appendRest(): void {
    const { topic, plan } = this;
    for (const line of this.#lines.splice(0)) topic.append(line);
    // When steps fill the metadata, windows wait for records to move time on. These are dropped by the pipeline.
    if (plan.crowded) topic.logs.forEach((_, partition) => topic.append({ partition, after: 10_000, lag: 0, gap: 0, words: [] }));
  }

  /** Everything goes well until everything is done: what is still open is closed by the clock, or by the end of a bounded read. */
  async settle(byTheClock: boolean): Promise<void> {
    for (let round = 0; round < 100; round++) {
      do {
        await this.#catchUp();
        await this.#ackAll();
      } while (this.#life.underway.length > 0 && !this.#life.failure); // where few results may be out, one makes room for the next
      await this.#life.commit();
      await this.#life.answer(always, true);
      await this.#life.wait(100);
      if (!byTheClock) await this.#life.end();
      await this.#leave();
      const { failure, caughtUp, underway, unacked } = this.#life;
      if (failure) throw failure;
      if (caughtUp && underway.length + unacked.length === 0 && this.undone.length === 0) return;
    }
  }

  /** What the commits do not say is done. */
  get undone(): readonly string[] {
    return this.topic.logs.flatMap((_, partition) => undoneIn(this.topic, this.plan, partition));
  }
}

function undoneIn(topic: StoredTopic, plan: Plan, partition: number): string[] {
  const commit = topic.committed[partition];
  const told = decodeMetadata(commit?.offset ?? 0, commit?.metadata ?? null);
  const end = topic.end(partition);
  if (!commit || typeof told !== 'object') return end > 0 ? [`partition ${partition} has no commit`] : [];
  const problems: string[] = [];
  if (commit.offset !== end) problems.push(`partition ${partition} has committed ${commit.offset} of ${end}`);
  else if (told.ackedThrough !== end) problems.push(`partition ${partition} is acked through ${told.ackedThrough} of ${end}`);
  if (told.steps.length > 0) problems.push(`partition ${partition} has ${told.steps.length} steps left`);
  if (problems.length > 0) return problems;
  const lastEnd = new Answer(plan, topic).lastEnd(isMerged(plan) ? topic.logs.map((_, index) => index) : [partition]);
  if (told.out < lastEnd) problems.push(`partition ${partition} is out through ${told.out} of ${lastEnd}`);
  return problems;
}
