import { connectionError } from './fakeErrors';
import type { FakeSocket } from './fakeSocket';
import { takeOut } from './takeOut';

/** A partition, and how many brokers have it. The same object is the same partition. */
export interface Replicated {
  readonly partition: number;
  readonly replicas: number;
}

interface Placed {
  replicas: readonly number[];
  leader: number;
}

/**
 * The brokers of a cluster by node id, from 0: which of them are up, which leads a partition, and which coordinates groups and transactions.
 *
 * When one stops, the next that is up and has a replica takes over, and keeps it when the other is back.
 */
export class FakeNodes {
  readonly #down = new Set<number>();
  readonly #placed = new Map<Replicated, Placed>();
  readonly #sockets = new Map<number, Set<FakeSocket>>();
  readonly #watching: (() => void)[] = [];
  /** What the coordinators keep has a replica everywhere. */
  readonly #coordinator: Placed;

  constructor(readonly count = 1) {
    this.#coordinator = { replicas: this.#from(0, count), leader: 0 };
  }

  /** Those that are up. */
  get ids(): number[] {
    return this.#from(0, this.count).filter((id) => this.isUp(id));
  }

  isUp(nodeId: number): boolean {
    return nodeId >= 0 && nodeId < this.count && !this.#down.has(nodeId);
  }

  replicasOf(place: Replicated): readonly number[] {
    return this.#of(place).replicas;
  }

  /** Undefined if there is none: no broker that has a replica is up. Partitions begin with each broker in turn. */
  leaderOf(place: Replicated): number | undefined {
    return this.#leader(this.#of(place));
  }

  /** Undefined if no broker is up. */
  get coordinator(): number | undefined {
    return this.#leader(this.#coordinator);
  }

  /** The next broker that is up leads it: one that has a replica, or else one that gets that of the former leader. False if there is no other. */
  moveLeader(place: Replicated): boolean {
    const placed = this.#of(place);
    const leader = this.#leader(placed);
    if (leader === undefined) return false;
    const next = this.#next(placed) ?? this.#next({ replicas: this.#from(0, this.count), leader });
    if (next === undefined) return false;
    if (!placed.replicas.includes(next)) placed.replicas = placed.replicas.map((nodeId) => (nodeId === leader ? next : nodeId));
    placed.leader = next;
    this.#tell();
    return true;
  }

  stop(nodeId: number): void {
    if (!this.isUp(nodeId)) return;
    this.#down.add(nodeId);
    for (const placed of [...this.#placed.values(), this.#coordinator]) this.#leader(placed);
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
    this.#watching.push(listener);
    return () => takeOut(this.#watching, listener);
  }

  #tell(): void {
    for (const listener of [...this.#watching]) listener();
  }

  #of(place: Replicated): Placed {
    const { partition, replicas } = place;
    let placed = this.#placed.get(place);
    if (!placed) {
      const nodeIds = this.#from(partition, Math.min(replicas, this.count));
      this.#placed.set(place, (placed = { replicas: nodeIds, leader: partition % this.count }));
    }
    return placed;
  }

  /** Where it stopped, another takes over. */
  #leader(placed: Placed): number | undefined {
    if (this.isUp(placed.leader)) return placed.leader;
    const next = this.#next(placed);
    if (next !== undefined) placed.leader = next;
    return next;
  }

  /** The next that has a replica and is up. */
  #next({ replicas, leader }: Placed): number | undefined {
    const at = replicas.indexOf(leader);
    return [...replicas.slice(at + 1), ...replicas.slice(0, at)].find((nodeId) => this.isUp(nodeId));
  }

  #from(first: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => (first + i) % this.count);
  }
}
