import { expect, test } from 'vitest';
import { FakeBroker } from '../../../src/testing/broker/fakeBroker';
import { FakeCluster } from '../../../src/testing/client/fakeCluster';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { FakeEos } from '../../../src/testing/client/fakeEos';
import { protocolError } from '../../../src/testing/network/fakeErrors';
import { defaultPartitioner, FakeSender } from '../../../src/testing/client/fakeSender';
import { Clock } from '../../run/clock';

function standing(brokers: number, partitions: number) {
  const clock = new Clock();
  const broker = new FakeBroker({ scheduler: clock, latency: 0 }, brokers, partitions);
  broker.topics.create('t');
  const connection = new FakeConnection(broker.clock, undefined, broker);
  const cluster = new FakeCluster(broker, connection, false);
  const eos = new FakeEos(broker, cluster, connection, { timeout: 1_000 });
  const sender = new FakeSender(broker, cluster, connection, defaultPartitioner());
  const requests: number[][] = [];
  const produce = broker.produce.bind(broker);
  /** How many of the next requests with this partition fail, after they were carried out: the answer is lost. */
  const lost = new Map<number, number>();
  broker.produce = (parts, producer) => {
    requests.push(parts.map(({ partition }) => partition));
    const answer = produce(parts, producer);
    for (const { partition } of parts) {
      const left = lost.get(partition) ?? 0;
      lost.set(partition, left - 1);
      if (left > 0) throw protocolError('UNKNOWN_TOPIC_OR_PARTITION');
    }
    return answer;
  };
  const send = (...values: [partition: number | undefined, value: string][]) =>
    sender.send(
      [
        {
          topic: 't',
          messages: values.map(([partition, value]) => ({ value, ...(partition !== undefined && { partition }) })),
        },
      ],
      { acks: -1, isCompressed: false },
      eos,
    );
  const stored = () =>
    broker.topics
      .partitions('t', false)
      .map((log) => log.messages('read_committed').map(({ value }) => (value === null ? '' : Buffer.from(value).toString())));
  return { clock, eos, send, requests, lost, stored };
}

test('each broker gets one request, with all that it leads', async () => {
  const { send, requests } = standing(2, 4);
  const replies = await send([0, 'a'], [1, 'b'], [2, 'c'], [3, 'd']);
  expect(requests).toEqual([
    [0, 2],
    [1, 3],
  ]);
  expect(replies.map(({ partition }) => partition)).toEqual([0, 2, 1, 3]);
});

test('a broker that has answered is not asked again when another has not', async () => {
  const { clock, send, requests, lost, stored } = standing(2, 2);
  lost.set(1, 1);
  const sent = send([0, 'a'], [1, 'b']);
  await clock.pass(300);
  expect((await sent).map(({ partition, baseOffset }) => `${partition}@${baseOffset}`)).toEqual(['0@0', '1@1']);
  expect(requests).toEqual([[0], [1], [1]]);
  expect(stored()).toEqual([['a'], ['b', 'b']]);
});

test('with an id, what was stored and got no answer is not stored again', async () => {
  const { clock, eos, send, lost, stored } = standing(1, 1);
  await eos.initialize();
  lost.set(0, 2);
  const sent = send([0, 'a'], [0, 'b']);
  await clock.pass(900);
  expect(await sent).toMatchObject([{ baseOffset: '0' }]);
  await send([0, 'c']);
  expect(stored()).toEqual([['a', 'b', 'c']]);
});

test('with an id too, a message without key and partition goes elsewhere when it is sent again', async () => {
  const { clock, eos, send, lost, stored } = standing(1, 2);
  await eos.initialize();
  lost.set(0, 1);
  const sent = send([undefined, 'a']);
  await clock.pass(300);
  await sent;
  expect(stored()).toEqual([['a'], ['a']]);
});
