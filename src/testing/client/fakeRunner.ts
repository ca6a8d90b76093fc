import type { FakeBatch } from './fakeBatch';
import type { FakeCluster } from './fakeCluster';
import { FakeKafkaError, meansRebalance, typeOf } from '../network/fakeErrors';
import { FakeHandler, type HandlerContext } from './fakeHandler';
import type { TopicOffsets } from './fakeOffsets';
import { Bail, retrying } from './fakeRetry';
import { FakeWorkers } from './fakeWorkers';

/** What the runner works with. */
export interface RunnerContext extends HandlerContext {
  readonly groupId: string;
  readonly cluster: FakeCluster;
  readonly retries: number | undefined;
  readonly onCrash: (error: unknown) => Promise<void>;
}

/**
 * The loop of a consumer, as kafkajs has it: one fetcher for each broker polls, hands all that came to the workers, waits until everything is handled, and
 * polls again. When a heartbeat or a commit says that the group is rebalancing, all fetchers are stopped, handlers under way are waited for without limit, and
 * the member joins again.
 */
export class FakeRunner {
  #running = false;
  #fetching = false;
  #consuming: Promise<void> | undefined;
  readonly #handler: FakeHandler;
  readonly #workers: FakeWorkers<FakeBatch>;

  constructor(private readonly context: RunnerContext) {
    this.#handler = new FakeHandler(context, () => this.#running);
    this.#workers = new FakeWorkers(context.run.partitionsConsumedConcurrently, (batch) => this.#handler.handle(batch));
  }

  /** Resolves when the group has been joined, or that has failed for good. */
  async start(): Promise<void> {
    const { cluster, member, onCrash, events } = this.context;
    try {
      await cluster.connect();
      events.emit('connect');
      await cluster.refreshIfOld();
      await member.joinAndSync();
    } catch (error) {
      await onCrash(error);
      return;
    }
    this.#running = true;
    this.#consuming = this.#consume();
  }

  /** Waits for the poll and the handlers under way, then leaves the group. A runner that has not joined yet is not stopped by it. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#fetching = false;
    try {
      await this.#consuming;
      await this.context.member.leave();
    } catch {
      // A group that does not know us is left already.
    }
  }

  /** Tries again, with the generation of that moment; resolves without having done anything if the consumer is stopping. */
  async commit(topics: readonly TopicOffsets[]): Promise<void> {
    if (!this.#running) return;
    const { connection, retries, member } = this.context;
    await retrying(connection, retries, async () => {
      try {
        await member.commit(topics);
      } catch (error) {
        if (this.#running) throw error;
      }
    });
  }

  async #consume(): Promise<void> {
    const { connection, retries, onCrash } = this.context;
    try {
      while (this.#running) {
        await retrying(connection, retries, () => this.#fetchUntilRebalance());
      }
    } catch (error) {
      // It stops this runner, and so waits for this very loop to end.
      void onCrash(error);
    }
  }

  async #fetchUntilRebalance(): Promise<void> {
    if (!this.#running) return;
    const { member, events, groupId } = this.context;
    try {
      await this.#fetchAll();
    } catch (error) {
      if (meansRebalance(error)) events.emit('rebalancing', { groupId, memberId: member.memberId });
      else if (typeOf(error) === 'UNKNOWN_MEMBER_ID') member.forgetMemberId();
      else throw error instanceof FakeKafkaError && error.name === 'KafkaJSNoBrokerAvailableError' ? new Bail(error) : error;
      await member.joinAndSync();
    }
  }

  /** Fetches from all brokers that the client knows until one fetch fails, or the runner is stopped. */
  async #fetchAll(): Promise<void> {
    const { cluster } = this.context;
    while (this.#running) {
      const nodeIds = cluster.nodeIds;
      if (nodeIds.length === 0) throw new FakeKafkaError('KafkaJSNoBrokerAvailableError', 'No broker available', true);
      const failures: unknown[] = [];
      this.#fetching = true;
      const fetchers = nodeIds.map(async (nodeId) => {
        try {
          await this.#fetchFrom(nodeId, () => this.#fetching && sameNodes(nodeIds, cluster.nodeIds));
        } catch (error) {
          failures.push(error);
        }
        this.#fetching = false;
      });
      await Promise.all(fetchers);
      if (failures.length > 0) throw failures[0];
    }
  }

  /** Polls one broker, and handles what comes, while it may. */
  async #fetchFrom(nodeId: number, mayGoOn: () => boolean): Promise<void> {
    const { connection, events, member } = this.context;
    let duration = 0;
    let pause = 0;
    while (mayGoOn()) {
      // Other work has its turn: without latency a consumer with much to read would go on in microtasks, and no timer would ever run.
      if (duration === 0) await connection.sleep(pause);
      if (this.#isStopping()) return;
      const since = connection.now();
      events.emit('fetch_start', () => ({ nodeId: String(nodeId) }));
      const batches = await member.fetch(nodeId);
      duration = connection.now() - since;
      const told = duration;
      events.emit('fetch', () => ({ numberOfBatches: 0, duration: told, nodeId: String(nodeId) }));
      // A poll that failed at once would do so again, and no time would pass.
      pause = batches.length === 0 ? 1 : 0;
      if (batches.length === 0) await this.#handler.heartbeat();
      if (batches.length > 0 && !this.#isStopping()) await this.#workers.handleAll(batches);
    }
  }

  /** Asked anew after every wait. */
  #isStopping(): boolean {
    return !this.#fetching;
  }
}

/** A client that knows no broker any more goes on with those that it knew. */
function sameNodes(before: readonly number[], now: readonly number[]): boolean {
  return now === before || now.length === 0 || (before.length === now.length && before.every((nodeId) => now.includes(nodeId)));
}
