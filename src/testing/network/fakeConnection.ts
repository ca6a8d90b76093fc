import type { SchedulerLike, Subscription } from 'rxjs';
import { type ConnectionErrorType, connectionError, protocolError, requestTimeoutError } from './fakeErrors';
import { FakeFaults, type FakeRequest, type FaultEffect } from './fakeFaults';
import { FakeNodes } from './fakeNodes';
import { FakeProcess } from './fakeProcess';
import { requestDescriptions } from './fakeRequests';
import { type Exchange, FakeSocket } from './fakeSocket';
import { takeOut } from './takeOut';

/** What a dead process waits for. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}

/** How long things take, and on which clock. */
export interface FakeClock {
  readonly scheduler: SchedulerLike;
  /** How long a request takes, ms. */
  readonly latency: number;
  /** How long a client waits for an answer, ms. Default 30 s, as with kafkajs. */
  readonly requestTimeout?: number | undefined;
}

/** What is between clients and brokers. */
export interface FakeNetwork {
  readonly nodes: FakeNodes;
  readonly faults: FakeFaults;
}

/** kafkajs' default, ms. */
const defaultTimeout = 30_000;

const settled = Promise.resolve();
const noEffect: Partial<FaultEffect> = {};

interface Asked<T> {
  readonly kind: FakeRequest;
  readonly nodeId: number;
  readonly work: () => T | Promise<T>;
  /** ms */
  readonly timeout: number;
  readonly resolve: (answer: T) => void;
  readonly reject: (error: Error) => void;
}

type Use = 'fetch' | 'rest';

/**
 * What stands between one client and the brokers: every request and every pause of the client goes through it.
 *
 * So it is here that faults happen, and here that a client dies with its process: once killed, nothing that it waits for ever comes, as in a process that is
 * gone. (Its promises stay pending; nobody is left to hear of them.)
 */
export class FakeConnection {
  /** What the client is called beside its process' name: a member id, a transactional id. */
  readonly names = new Set<string>();
  readonly #underWay: Promise<unknown>[] = [];
  /** kafkajs has two connections to each broker: one for fetches, which wait long, and one for the rest. */
  readonly #sockets = { fetch: new Map<number, FakeSocket>(), rest: new Map<number, FakeSocket>() };

  constructor(
    private readonly clock: FakeClock,
    readonly process: FakeProcess = new FakeProcess(),
    private readonly network: FakeNetwork = { nodes: new FakeNodes(), faults: new FakeFaults() },
  ) {}

  get killed(): boolean {
    return this.process.killed;
  }

  now(): number {
    return this.clock.scheduler.now();
  }

  isConnected(nodeId: number): boolean {
    return this.#sockets.rest.has(nodeId) || this.#sockets.fetch.has(nodeId);
  }

  /** Fails as a request does if the broker is not up. */
  async connect(nodeId: number): Promise<void> {
    if (this.isConnected(nodeId)) return;
    if (this.network.nodes.isUp(nodeId)) this.#socket(nodeId, 'rest');
    else await this.request('apiVersions', nodeId, () => undefined);
  }

  /**
   * Asks the broker `nodeId`. Without latency the answer comes with the microtasks. A broker that makes its clients wait answers within the request timeout, or
   * after `patience` ms where that is longer.
   */
  request<T>(kind: FakeRequest, nodeId: number, work: () => T | Promise<T>, patience = 0): Promise<T> {
    const timeout = Math.max(this.clock.requestTimeout ?? defaultTimeout, patience);
    const answer: Promise<T> = new Promise<T>((resolve, reject) => {
      const over =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          takeOut(this.#underWay, answer);
          settle(value);
        };
      this.process.notice(() => this.#send({ kind, nodeId, work, timeout, resolve: over(resolve), reject: over(reject) }));
    });
    this.#underWay.push(answer);
    return answer;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.scheduler.schedule(() => this.process.notice(resolve), ms);
    });
  }

  /** Resolves when all that was asked is answered. What is asked afterwards connects again, as with kafkajs. */
  async close(): Promise<void> {
    if (!this.killed) await Promise.allSettled(this.#underWay);
    const { fetch, rest } = this.#sockets;
    for (const socket of [...fetch.values(), ...rest.values()]) socket.close();
  }

  #send<T>(asked: Asked<T>): void {
    const { kind, nodeId } = asked;
    const isFrom = (name: string) => name === this.process.clientId || this.names.has(name);
    const effect = this.network.faults.hit({ kind, nodeId, isFrom }) ?? noEffect;
    const broken = !this.network.nodes.isUp(nodeId) ? 'ECONNREFUSED' : 'broken' in effect ? effect.broken : undefined;
    if (broken) this.#break(asked, broken);
    else this.#exchange(asked, this.#socket(nodeId, useOf(kind)), effect);
  }

  #break({ kind, nodeId, reject }: Pick<Asked<unknown>, 'kind' | 'nodeId' | 'reject'>, broken: ConnectionErrorType): void {
    this.#afterLatency(() => {
      const error = connectionError(broken, nodeId);
      this.#sockets[useOf(kind)].get(nodeId)?.close(error);
      this.process.notice(() => void this.#refuse({ nodeId, reject }, error));
    });
  }

  #exchange<T>(asked: Asked<T>, socket: FakeSocket, effect: Partial<FaultEffect>): void {
    const { kind, nodeId, work, resolve, reject } = asked;
    let timer: Subscription | undefined;
    const end = (tell: () => void) => {
      timer?.unsubscribe();
      socket.end(exchange);
      this.process.notice(tell);
    };
    const exchange: Exchange = { fail: (error) => end(() => void this.#refuse(asked, error)) };
    socket.begin(exchange);
    const sentAt = this.now();
    const mayWait = kind === 'joinGroup' || kind === 'syncGroup' || socket.busy || 'hang' in effect || 'delay' in effect;
    if (mayWait) {
      const giveUp = () => exchange.fail(requestTimeoutError(requestDescriptions[kind], nodeId, sentAt));
      timer = this.clock.scheduler.schedule(giveUp, asked.timeout);
    }
    if ('hang' in effect) return;
    socket.sent.push((answered) => {
      if (this.killed) return;
      const tell = (settle: () => void): void => {
        if ('loseAnswer' in effect) socket.close(connectionError('CONNECTION_CLOSED', nodeId));
        else end(settle);
        answered();
      };
      const refuse = (error: unknown) => tell(() => reject(error as Error));
      if ('error' in effect) {
        exchange.fail(protocolError(effect.error));
        answered();
        return;
      }
      try {
        const answer = work();
        if (answer instanceof Promise) answer.then((later) => tell(() => resolve(later)), refuse);
        else tell(() => resolve(answer));
      } catch (error) {
        refuse(error);
      }
    });
    // Timers may be late and then out of order: whichever is due, what was sent first arrives.
    this.#afterLatency(() => socket.arriveNext(), socket, 'delay' in effect ? effect.delay : 0);
  }

  /** When one connection to a broker was closed, kafkajs lets the other end what is under way, and closes it, before it tells. */
  async #refuse({ nodeId, reject }: Pick<Asked<unknown>, 'nodeId' | 'reject'>, error: Error): Promise<void> {
    if (error.name === 'KafkaJSConnectionClosedError') {
      for (const use of ['rest', 'fetch'] as const) {
        const socket = this.#sockets[use].get(nodeId);
        await socket?.idle();
        socket?.close();
      }
    }
    reject(error);
  }

  /** What is sent over one connection arrives in order. */
  #afterLatency(arrive: () => void, socket?: FakeSocket, delay = 0): void {
    const now = this.now();
    const at = Math.max(now + this.clock.latency + delay, socket?.lastArrival ?? 0);
    if (socket) socket.lastArrival = at;
    if (at > now) this.clock.scheduler.schedule(arrive, at - now);
    else void settled.then(arrive);
  }

  #socket(nodeId: number, use: Use): FakeSocket {
    const sockets = this.#sockets[use];
    const known = sockets.get(nodeId);
    if (known) return known;
    const { nodes } = this.network;
    const socket: FakeSocket = new FakeSocket(() => {
      sockets.delete(nodeId);
      nodes.release(nodeId, socket);
    });
    sockets.set(nodeId, socket);
    nodes.hold(nodeId, socket);
    return socket;
  }
}

function useOf(kind: FakeRequest): Use {
  return kind === 'fetch' ? 'fetch' : 'rest';
}
