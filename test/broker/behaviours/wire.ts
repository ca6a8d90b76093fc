import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { FakeRequest } from 'millrace/testing';
import type { FakeFaults, FaultEffect } from '../../../src/testing/network/fakeFaults';
import { requestDescriptions } from '../../../src/testing/network/fakeRequests';

type Done = (error?: Error | null) => void;

/** By the numbers that Kafka gives them. */
const kinds = new Map(
  Object.entries(requestDescriptions).map(([kind, description]) => [Number(/key: (\d+)/.exec(description)?.[1]), kind as FakeRequest]),
);

/**
 * A connection of kafkajs to a broker, on which the faults that `FakeKafka` knows happen: what is written is cut into requests, what is read into answers, and
 * each belongs to the other by its number.
 */
export class Wire extends Duplex {
  readonly #broker: Socket;
  readonly #faults: FakeFaults;
  /** Numbers of the requests whose answer is to be lost. */
  readonly #lost = new Set<number>();
  #unread = Buffer.alloc(0);
  /** When the last of what was written is sent on. */
  #sent: Promise<unknown> = Promise.resolve();

  constructor(address: { readonly host: string; readonly port: number }, onConnect: () => void, faults: FakeFaults) {
    super();
    this.#faults = faults;
    this.#broker = connect(address, onConnect);
    this.#broker.on('data', (data) => this.#answers(data));
    this.#broker.on('end', () => this.push(null));
    this.#broker.on('error', (error) => this.destroy(error));
  }

  /** kafkajs lets its process end while connections are open. */
  unref(): void {
    this.#broker.unref();
  }

  override _read(): void {
    // Answers are pushed when they come.
  }

  /** kafkajs writes one request at a time. */
  override _write(request: Buffer, _encoding: string, done: Done): void {
    const kind = kinds.get(request.readInt16BE(4));
    const effect: Partial<FaultEffect> = (kind && this.#faults.hit({ kind, nodeId: 0, isFrom: () => true })) ?? {};
    done();
    if ('broken' in effect) this.#close();
    if ('broken' in effect || 'hang' in effect) return;
    if ('loseAnswer' in effect) this.#lost.add(request.readInt32BE(8));
    const delay = 'delay' in effect ? effect.delay : 0;
    this.#sent = this.#sent.then(async () => {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      if (this.#broker.writable) this.#broker.write(request);
    });
  }

  override _final(done: Done): void {
    this.#broker.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#broker.destroy();
    done(error);
  }

  #answers(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data]);
    while (this.#unread.length >= 8) {
      const end = 4 + this.#unread.readInt32BE(0);
      if (this.#unread.length < end) return;
      const answer = this.#unread.subarray(0, end);
      this.#unread = this.#unread.subarray(end);
      if (this.#lost.delete(answer.readInt32BE(4))) {
        this.#close();
        return;
      }
      this.push(answer);
    }
  }

  /** As if the broker had closed it. */
  #close(): void {
    this.#broker.destroy();
    if (!this.readableEnded) this.push(null);
  }
}
