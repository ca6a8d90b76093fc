import { expect, test } from 'vitest';
import { FakeBroker } from '../../../src/testing/broker/fakeBroker';
import type { PartitionMessages, SendingProducer } from '../../../src/testing/broker/fakeProtocol';
import { FakeCluster } from '../../../src/testing/client/fakeCluster';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { FakeEos } from '../../../src/testing/client/fakeEos';
import { Clock, settled } from '../../run/clock';

function standing(transactionalId?: string) {
  const clock = new Clock();
  const broker = new FakeBroker({ scheduler: clock, latency: 0 }, 1, 2);
  const [log] = broker.topics.create('t');
  const make = () => {
    const connection = new FakeConnection(broker.clock, undefined, broker);
    return new FakeEos(broker, new FakeCluster(broker, connection, false), connection, { transactionalId, timeout: 1_000 });
  };
  return { clock, broker, log, make, eos: make() };
}

const message = { key: null, value: null, timestamp: '0', headers: {} };
const part = (messages: number) => ({ topic: 't', partition: 0, messages: Array.from({ length: messages }, () => message) });

/** Notes what is sent, and fails where it is told to. */
function wire() {
  const sent: [sequence: number | undefined, producer: SendingProducer | undefined][] = [];
  let isDown = false;
  const send = async (parts: readonly PartitionMessages[], producer?: SendingProducer): Promise<void> => {
    sent.push([parts[0]?.sequence, producer]);
    if (isDown) throw new Error('no answer');
  };
  return { sent, send, goDown: (down: boolean) => (isDown = down) };
}

test('without an id nothing is numbered', async () => {
  const { eos } = standing();
  const { sent, send } = wire();
  await eos.produce(0, [part(2)], send);
  expect(sent).toEqual([[-1, undefined]]);
});

test('messages are counted by partition, and what got no answer is sent with the same number again', async () => {
  const { eos } = standing();
  const { sent, send, goDown } = wire();
  await eos.initialize();
  await eos.produce(0, [part(2)], send);
  goDown(true);
  await expect(eos.produce(0, [part(3)], send)).rejects.toThrow('no answer');
  goDown(false);
  await eos.produce(0, [part(3)], send);
  await eos.produce(0, [part(1)], send);
  expect(sent.map(([sequence]) => sequence)).toEqual([0, 2, 2, 5]);
  expect(sent[0]?.[1]).toEqual({ producerId: 0, epoch: 0, transactionalId: undefined });
});

test('a send to a broker waits for the one before, also where that fails, and not for those to other brokers', async () => {
  const { eos } = standing();
  await eos.initialize();
  const told: string[] = [];
  let fail: (error: Error) => void = () => undefined;
  const first = eos.produce(0, [part(1)], () => new Promise((_, reject) => (fail = reject)));
  const second = eos.produce(0, [part(1)], async ([numbered]) => void told.push(`second ${numbered?.sequence}`));
  await eos.produce(1, [{ ...part(1), partition: 1 }], async () => void told.push('other'));
  await settled();
  expect(told).toEqual(['other']);
  fail(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  await second;
  expect(told).toEqual(['other', 'second 0']);
});

test('a transaction is told of a partition once, and once more after it has ended', async () => {
  const { broker, eos, log } = standing('id');
  const { send } = wire();
  await eos.initialize();
  const asked: unknown[] = [];
  const add = broker.addPartitionsToTransaction.bind(broker);
  broker.addPartitionsToTransaction = (id, life, places) => {
    asked.push(places.map(({ partition }) => partition));
    add(id, life, places);
  };
  for (let i = 0; i < 2; i++) {
    eos.begin();
    await eos.produce(0, [part(1)], send);
    await eos.produce(0, [part(1), { ...part(1), partition: 1 }], send);
    await eos.end('commit');
  }
  expect(asked).toEqual([[0], [1], [0], [1]]);
  expect(log?.end).toBe(2);
});

test('a successor asks again, after 300 ms, while the transaction of the former owner is aborted', async () => {
  const { clock, make, eos } = standing('id');
  await eos.initialize();
  eos.begin();
  await eos.produce(0, [part(1)], wire().send);
  const successor = make();
  let isReady = false;
  void successor.initialize().then(() => (isReady = true));
  await clock.pass(299);
  expect(isReady).toBe(false);
  await clock.pass(1);
  expect(isReady).toBe(true);
});

test('what is asked out of turn is refused, in the words of kafkajs', async () => {
  const { eos } = standing('id');
  const refusal = (method: string, state: string) => `Transaction state exception: Cannot call "${method}" in state "${state}"`;
  expect(() => eos.begin()).toThrow(refusal('beginTransaction', 'UNINITIALIZED'));
  await eos.initialize();
  await expect(eos.end('commit')).rejects.toThrow(refusal('commit', 'READY'));
  await expect(eos.sendOffsets('g', [])).rejects.toThrow(refusal('sendOffsets', 'READY'));
  await expect(eos.produce(0, [part(1)], wire().send)).rejects.toThrow(refusal('addPartitionsToTransaction', 'READY'));
  eos.begin();
  await expect(eos.initialize()).rejects.toThrow(refusal('initProducerId', 'TRANSACTING'));
  const ending = eos.end('abort');
  expect(eos.isInTransaction).toBe(false);
  await ending;
  eos.begin();
});
