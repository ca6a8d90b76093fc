import { expect, test, vi } from 'vitest';
import { FakeBroker } from '../../../src/testing/broker/fakeBroker';
import type { FetchRequest } from '../../../src/testing/broker/fakeProtocol';
import { Clock, settled } from '../../run/clock';

/** A batch of it alone has so many bytes. */
const message = (size: number) => ({ key: null, value: new Uint8Array(size - 68), timestamp: '0', headers: {} });

/** A broker with topic 't' of so many partitions, each with so many batches of one message, of 100 bytes. */
function brokerWith(partitions: number, messages: number): { broker: FakeBroker; clock: Clock } {
  const clock = new Clock();
  const broker = new FakeBroker({ scheduler: clock, latency: 0 }, 1, partitions);
  for (const log of broker.topics.create('t')) for (let i = 0; i < messages; i++) log.append([message(100)]);
  return { broker, clock };
}

const fetchOf = (partitions: number, request: Partial<FetchRequest> = {}): FetchRequest => ({
  partitions: Array.from({ length: partitions }, (_, partition) => ({ topic: 't', partition, offset: 0 })),
  maxWait: 100,
  minBytes: 1,
  maxBytes: 1_000_000,
  maxBytesPerPartition: 1_000_000,
  isolation: 'read_committed',
  ...request,
});

const counts = (answer: readonly { partition: number; batches: readonly unknown[] }[]) =>
  Object.fromEntries(answer.map(({ partition, batches }) => [partition, batches.length]));

test('an answer has as much of each partition as is allowed, and of all together', async () => {
  const { broker } = brokerWith(3, 10);
  expect(counts(await broker.fetch(fetchOf(3, { maxBytesPerPartition: 450 })))).toEqual({ 0: 4, 1: 4, 2: 4 });
  const limited = await broker.fetch(fetchOf(3, { maxBytesPerPartition: 450, maxBytes: 600 }));
  expect(Object.values(counts(limited)).toSorted()).toEqual([0, 2, 4]);
});

test('a message that is too large comes alone, and only as the first of an answer', async () => {
  const { broker } = brokerWith(2, 10);
  expect(Object.values(counts(await broker.fetch(fetchOf(2, { maxBytesPerPartition: 1 }))))).toEqual([1, 0]);
});

test('partitions have their turn to be first, so none is starved by the others', async () => {
  const { broker } = brokerWith(3, 10);
  const firsts = [];
  for (let i = 0; i < 3; i++)
    firsts.push((await broker.fetch(fetchOf(3, { maxBytes: 100 }))).find(({ batches }) => batches.length > 0)?.partition);
  expect(firsts.toSorted()).toEqual([0, 1, 2]);
});

test('an offset before the first or after the end is out of range, the end itself is not', async () => {
  const { broker, clock } = brokerWith(1, 3);
  const at = (offset: number) => broker.fetch(fetchOf(1, { partitions: [{ topic: 't', partition: 0, offset }] }));
  for (const offset of [-1, 4]) {
    await expect(at(offset)).rejects.toMatchObject({
      name: 'KafkaJSOffsetOutOfRange',
      type: 'OFFSET_OUT_OF_RANGE',
      topic: 't',
      partition: 0,
    });
  }
  const waiting = at(3);
  await clock.pass(100);
  expect(await waiting).toMatchObject([{ batches: [], highWatermark: 3 }]);
});

test('a poll that was answered leaves nothing behind', async () => {
  const { broker, clock } = brokerWith(2, 0);
  const log = broker.topics.get('t', 0);
  const onChange = log.onChange.bind(log);
  let listening = 0;
  vi.spyOn(log, 'onChange').mockImplementation((listener) => {
    listening++;
    onChange(listener);
  });
  const forget = log.forget.bind(log);
  vi.spyOn(log, 'forget').mockImplementation((listener) => {
    listening--;
    forget(listener);
  });
  const first = broker.fetch(fetchOf(2));
  await settled();
  expect(listening).toBe(1);
  broker.topics.get('t', 1).append([message(80)]);
  expect(counts(await first)).toEqual({ 0: 0, 1: 1 });
  expect(listening).toBe(0);
  expect(clock.pending).toBe(0);
  let answered = 0;
  const second = broker.fetch(fetchOf(1)).then(() => answered++);
  await clock.pass(50);
  broker.topics.get('t', 1).append([message(80)]);
  await settled();
  expect(answered).toBe(0);
  await clock.pass(50);
  await second;
});

test('a send is stored without the partitions whose batch is too large', () => {
  const { broker } = brokerWith(2, 0);
  const parts = [Array.from({ length: 11 }, () => message(100_000)), [message(100)]];
  const send = () => broker.produce(parts.map((messages, partition) => ({ topic: 't', partition, messages, sequence: -1 })));
  expect(send).toThrow(expect.objectContaining({ type: 'MESSAGE_TOO_LARGE' }));
  expect([0, 1].map((partition) => broker.topics.get('t', partition).end)).toEqual([0, 1]);
});
