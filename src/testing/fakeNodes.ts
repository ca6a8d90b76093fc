import { connectionError } from './fakeErrors';
import type { FakeSocket } from './fakeSocket';

/**
 * The brokers of a cluster by node id, from 0: which of them are up, which leads a partition, and which coordinates groups and transactions.
 *
 * Every broker has a replica of everything: when one stops, the next that is up takes over, and keeps it when the other is back.
 */
export class FakeNodes {
  readonly #down = new Set<number>();
  readonly #leaders = new Map<string, number>();
  readonly #sockets = new Map<number, Set<FakeSocket>>();
  readonly #watching = new Set<() => void>();
  #coordinator = 0;

  constructor(readonly count = 1) {}

  /** Those that are up. */
  get ids(): number[] {
    return Array.from({ length: this.count }, (_, id) => id).filter((id) => this.isUp(id));
  }

  isUp(nodeId: number): boolean {
    return nodeId >= 0 && nodeId < this.count && !this.#down.has(nodeId);
  }

  /** Undefined if there is none: no broker is up. Partitions begin with each broker in turn. */
  leaderOf(topic: string, partition: number): number | undefined {
    const key = `${topic}/${partition}`;
    const leader = this.#orNext(this.#leaders.get(key) ?? partition % this.count);
    if (leader !== undefined) this.#leaders.set(key, leader);
    return leader;
  }

  /** Undefined if no broker is up. */
  get coordinator(): number | undefined {
    const coordinator = this.#orNext(this.#coordinator);
    this.#coordinator = coordinator ?? this.#coordinator;
    return coordinator;
  }

  /** The next broker that is up leads it; false if there is no other. */
  moveLeader(topic: string, partition: number): boolean {
    const leader = this.leaderOf(topic, partition);
    const next = leader === undefined ? undefined : this.#next(leader);
    if (next === undefined) return false;
    this.#leaders.set(`${topic}/${partition}`, next);
    this.#tell();
    return true;
  }

  stop(nodeId: number): void {
    if (!this.isUp(nodeId)) return;
    this.#down.add(nodeId);
    for (const [key, leader] of this.#leaders) this.#leaders.set(key, this.#orNext(leader) ?? leader);
    this.#coordinator = this.coordinator ?? this.#coordinator;
    for (const socket of [...(this.#sockets.get(nodeId) ?? [])]) socket.close(connectionError('CONNECTION_CLOSED', nodeId));
    this.#tell();
  }

  start(nodeId: number): void {
    this.#down.delete(nodeId);
  }

  /** A connection to a broker is gone with it. */
  hold(nodeId: number, socket: FakeSocket): void {
    let sockets = this.#sockets.get(nodeId);
    if (!sockets) this.#sockets.set(nodeId, (sockets = new Set()));
    sockets.add(socket);
  }

  release(nodeId: number, socket: FakeSocket): void {
    this.#sockets.get(nodeId)?.delete(socket);
  }

  /** Calls back when a partition has another leader, until it is taken back. */
  onMove(listener: () => void): () => void {
    this.#watching.add(listener);
    return () => this.#watching.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#watching]) listener();
  }

  #orNext(nodeId: number): number | undefined {
    return this.isUp(nodeId) ? nodeId : this.#next(nodeId);
  }

  #next(nodeId: number): number | undefined {
    return Array.from({ length: this.count - 1 }, (_, i) => (nodeId + i + 1) % this.count).find((id) => this.isUp(id));
  }
}
