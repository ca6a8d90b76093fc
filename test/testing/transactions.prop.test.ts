import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeBroker } from '../../src/testing/broker/fakeBroker';
import { typeOf } from '../../src/testing/network/fakeErrors';
import type { ProducerLife } from '../../src/testing/broker/fakeTransactions';
import { Clock } from '../run/clock';

const partitions = 2;
const timeout = 100;

const writer = fc.nat(2);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      writer,
      partition: fc.nat(partitions - 1),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'abort' as const), writer }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('offsets' as const), writer, partition: fc.nat(partitions - 1), offset: fc.nat(50) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('takeOver' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('zombie' as const), writer, partition: fc.nat(partitions - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('plain' as const), partition: fc.nat(partitions - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 60 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What a log holds at an offset: a text, or a mark. */
interface Entry {
  readonly text: string | undefined;
  /** Undefined: it was never in a transaction. */
  readonly of: Transaction | undefined;
}

/** What was sent last counts, also if it is committed first. */
interface Sent {
  readonly offset: number;
  readonly turn: number;
}

interface Transaction {
  state: 'open' | 'commit' | 'abort';
  readonly began: number;
  readonly partitions: Set<number>;
  readonly offsets: Map<number, Sent>;
}

interface Writer {
  life: ProducerLife;
  former: ProducerLife | undefined;
  isFenced: boolean;
  readonly sent: number[];
  last: { readonly partition: number; readonly texts: readonly string[]; readonly sequence: number; readonly base: number } | undefined;
  open: Transaction | undefined;
}

/** The broker, and beside it a model that keeps for each offset what it holds, and for each transaction what became of it. */
class Trial {
  readonly clock = new Clock();
  readonly broker = new FakeBroker({ scheduler: this.clock, latency: 0 }, 1, partitions);
  readonly logs: Entry[][] = Array.from({ length: partitions }, () => []);
  readonly committed = new Map<number, Sent>();
  readonly writers: Writer[];
  #texts = 0;
  #turns = 0;

  constructor() {
    this.broker.topics.create('t');
    this.writers = [0, 1, 2].map((id) => this.#begin(id));
  }

  async run(one: Step): Promise<void> {
    if (one.do === 'plain') {
      this.broker.produce([
        { topic: 't', partition: one.partition, messages: this.#messages([this.#write(one.partition, undefined)]), sequence: -1 },
      ]);
      return;
    }
    if (one.do === 'pass') {
      await this.clock.pass(one.ms);
      for (const writer of this.writers) {
        if (!writer.open || this.clock.now() < writer.open.began + timeout) continue;
        this.#end(writer, 'abort');
        writer.isFenced = true;
      }
      return;
    }
    const writer = this.writers[one.writer];
    if (!writer) return;
    const id = `id-${one.writer}`;
    const { transactions } = this.broker;
    if (one.do === 'takeOver') {
      if (writer.open) {
        expect(refusal(() => transactions.initProducerId(id, timeout))).toBe('CONCURRENT_TRANSACTIONS');
        this.#end(writer, 'abort');
      }
      this.writers[one.writer] = { ...this.#begin(one.writer), former: writer.life };
    } else if (one.do === 'zombie') this.#sendAsZombie(id, writer, one.partition);
    else if (writer.isFenced) expect(refusal(() => transactions.end(id, writer.life, 'commit'))).toBe('INVALID_PRODUCER_EPOCH');
    else if (one.do === 'send') this.#send(id, writer, one.partition, one.count);
    else if (one.do === 'again') this.#sendAgain(id, writer);
    else if (one.do === 'offsets') {
      const { open } = (this.#mustBeOpen(writer), writer);
      this.broker.addOffsetsToTransaction(id, writer.life, 'g');
      const offsets = [{ topic: 't', partition: one.partition, offset: one.offset, metadata: '' }];
      this.broker.transactionalOffsetCommit(id, writer.life, 'g', offsets);
      open?.offsets.set(one.partition, { offset: one.offset, turn: this.#turns++ });
    } else if (writer.open) {
      transactions.end(id, writer.life, one.do);
      this.#end(writer, one.do);
    }
  }

  check(): void {
    this.logs.forEach((entries, partition) => {
      const log = this.broker.topics.get('t', partition);
      const firstOpen = entries.findIndex((entry) => entry.of?.state === 'open' && entry.text !== undefined);
      const stable = firstOpen === -1 ? entries.length : firstOpen;
      expect([log.end, log.stableEnd]).toEqual([entries.length, stable]);
      const told = (isolation: 'read_committed' | 'read_uncommitted') =>
        log.messages(isolation).map(({ offset, value }) => `${offset}:${value === null ? '' : Buffer.from(value).toString()}`);
      const all = entries.map(({ text, of }, offset) => ({ offset, text, of })).filter(({ text }) => text !== undefined);
      expect(told('read_uncommitted')).toEqual(all.map(({ offset, text }) => `${offset}:${text}`));
      const visible = all.filter(({ offset, of }) => offset < stable && (of === undefined || of.state === 'commit'));
      expect(told('read_committed')).toEqual(visible.map(({ offset, text }) => `${offset}:${text}`));
    });
    const offsets = this.broker
      .group('g')
      .commits.all()
      .map(({ partition, offset }) => [partition, offset]);
    expect(offsets).toEqual([...this.committed].map(([partition, { offset }]) => [partition, offset]).sort(([a = 0], [b = 0]) => a - b));
  }

  #begin(id: number): Writer {
    const life = this.broker.transactions.initProducerId(`id-${id}`, timeout);
    return { life, former: undefined, isFenced: false, sent: this.logs.map(() => 0), last: undefined, open: undefined };
  }

  #mustBeOpen(writer: Writer): void {
    writer.open ??= { state: 'open', began: this.clock.now(), partitions: new Set(), offsets: new Map() };
  }

  #send(id: string, writer: Writer, partition: number, count: number): void {
    this.#mustBeOpen(writer);
    writer.open?.partitions.add(partition);
    this.broker.addPartitionsToTransaction(id, writer.life, [{ topic: 't', partition }]);
    const base = this.logs[partition]?.length ?? 0;
    const sequence = writer.sent[partition] ?? 0;
    const texts = Array.from({ length: count }, () => this.#write(partition, writer.open));
    writer.last = { partition, texts, sequence, base };
    writer.sent[partition] = sequence + count;
    expect(this.#produce(id, writer.life, writer.last)).toBe(base);
  }

  /** The answer was lost: the same is sent once more. */
  #sendAgain(id: string, writer: Writer): void {
    if (writer.last && writer.open?.partitions.has(writer.last.partition))
      expect(this.#produce(id, writer.life, writer.last)).toBe(writer.last.base);
  }

  #sendAsZombie(id: string, { former, sent }: Writer, partition: number): void {
    if (!former) return;
    const late = { partition, texts: ['late'], sequence: sent[partition] ?? 0 };
    expect(refusal(() => this.#produce(id, former, late))).toBe('INVALID_PRODUCER_EPOCH');
    expect(refusal(() => this.broker.addPartitionsToTransaction(id, former, [{ topic: 't', partition }]))).toBe('INVALID_PRODUCER_EPOCH');
  }

  #produce(id: string, life: ProducerLife, batch: { partition: number; texts: readonly string[]; sequence: number }): number | undefined {
    const { partition, texts, sequence } = batch;
    const parts = [{ topic: 't', partition, messages: this.#messages(texts), sequence }];
    return this.broker.produce(parts, { ...life, transactionalId: id })[0]?.baseOffset;
  }

  #messages(texts: readonly string[]) {
    return texts.map((text) => ({ key: null, value: Buffer.from(text), timestamp: '0', headers: {} }));
  }

  #write(partition: number, of: Transaction | undefined): string {
    const text = `m${this.#texts++}`;
    this.logs[partition]?.push({ text, of });
    return text;
  }

  #end(writer: Writer, state: 'commit' | 'abort'): void {
    const { open } = writer;
    writer.open = undefined;
    if (!open) return;
    open.state = state;
    for (const partition of open.partitions) this.logs[partition]?.push({ text: undefined, of: open });
    for (const [partition, sent] of state === 'commit' ? open.offsets : [])
      if (sent.turn > (this.committed.get(partition)?.turn ?? -1)) this.committed.set(partition, sent);
  }
}

function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return typeOf(error);
  }
}

test('however transactions overlap, end, take too long or lose their producer, readers find what was committed, in order, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const trial = new Trial();
      for (const one of steps) {
        await trial.run(one);
        trial.check();
      }
    }),
    { numRuns: 300 },
  );
});
