import { FakeKafka, type FakeKafkaOptions, type FakeRequest } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../run/clock';
import { Reader, type ReaderOptions, textOf } from './reader';

const cluster = (options: FakeKafkaOptions = {}) => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock, ...options });
  kafka.createTopic('t', { partitions: 1 });
  const settings = { heartbeatInterval: 1_000, sessionTimeout: 10_000, maxWaitTimeInMs: 500, autoCommit: true };
  const join = (more: ReaderOptions = {}) => new Reader(kafka, { ...settings, ...more }).join();
  const producer = async () => {
    const made = kafka.producer();
    await made.connect();
    return made;
  };
  return { clock, kafka, join, producer };
};

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => {
      const { name, type, cause } = error as { name: string; type?: string; cause?: { name: string } };
      return [name, type, cause?.name].filter((part) => part !== undefined).join(' ');
    },
  );

const stored = (kafka: FakeKafka) => kafka.records('t').map(({ value }) => textOf(value));
const x = { topic: 't', messages: [{ partition: 0, value: 'x' }] };

test('a produce whose answer is lost is sent again, and stored twice', async () => {
  const { clock, kafka, producer } = cluster();
  const made = await producer();
  kafka.inject({ on: 'produce', then: 'loseAnswer' });
  const sent = outcomeOf(made.send(x));
  await clock.pass(300);
  expect(await sent).toBe('done');
  expect(stored(kafka)).toEqual(['x', 'x']);
});

test('a produce that hangs is sent again after the request timeout, and stored once', async () => {
  const { clock, kafka, producer } = cluster();
  const made = await producer();
  kafka.inject({ on: 'produce', then: 'hang' });
  const sent = outcomeOf(made.send(x));
  await clock.pass(30_299);
  expect(stored(kafka)).toEqual([]);
  await clock.pass(1);
  expect(await sent).toBe('done');
  expect(stored(kafka)).toEqual(['x']);
});

test('a produce that is slower than the request timeout is stored, and sent again', async () => {
  const { clock, kafka, producer } = cluster();
  const made = await producer();
  kafka.inject({ on: 'produce', then: { delay: '31s' } });
  const sent = outcomeOf(made.send(x));
  await clock.pass(31_000);
  expect(await sent).toBe('done');
  expect(stored(kafka)).toEqual(['x', 'x']);
});

test('what a client sends behind a request that is slow arrives after it', async () => {
  const { clock, kafka, producer } = cluster();
  const made = await producer();
  kafka.inject({ on: 'produce', then: { delay: 100 } });
  const sends = ['slow', 'quick'].map((value) => made.send({ topic: 't', messages: [{ partition: 0, value }] }));
  await clock.pass(99);
  expect(stored(kafka)).toEqual([]);
  await clock.pass(1);
  await Promise.all(sends);
  expect(stored(kafka)).toEqual(['slow', 'quick']);
});

test.for([
  ['NOT_ENOUGH_REPLICAS', 'KafkaJSNumberOfRetriesExceeded KafkaJSProtocolError', 9_300],
  ['TOPIC_AUTHORIZATION_FAILED', 'KafkaJSProtocolError TOPIC_AUTHORIZATION_FAILED', 0],
  ['ECONNREFUSED', 'KafkaJSNumberOfRetriesExceeded KafkaJSConnectionError', 9_300],
  ['CONNECTION_CLOSED', 'KafkaJSNumberOfRetriesExceeded KafkaJSConnectionClosedError', 9_300],
] as const)('a produce that always fails with %s is given up', async ([error, outcome, after]) => {
  const { clock, kafka, producer } = cluster();
  const made = await producer();
  kafka.inject({ on: 'produce', times: Infinity, then: { error } });
  let ended = 'pending';
  void outcomeOf(made.send(x)).then((what) => (ended = what));
  await clock.pass(Math.max(0, after - 1));
  if (after > 0) expect(ended).toBe('pending');
  await clock.pass(1);
  expect(ended).toBe(outcome);
  expect(stored(kafka)).toEqual([]);
});

test('a commit whose answer is lost is stored; the one-shot commit says that it failed', async () => {
  const { clock, kafka, join } = cluster();
  kafka.append('t', [{ value: 'x' }]);
  kafka.inject({ on: 'offsetCommit', then: 'loseAnswer' });
  let outcome = '';
  let committed: unknown;
  await join({
    autoCommit: false,
    eachBatch: async ({ commitOffsetsIfNecessary }) => {
      outcome ||= await outcomeOf(commitOffsetsIfNecessary({ topics: [{ topic: 't', partitions: [{ partition: 0, offset: '1' }] }] }));
      committed = kafka.committed('g');
    },
  });
  await clock.pass(1);
  expect(outcome).toBe('KafkaJSConnectionClosedError');
  expect(committed).toMatchObject([{ offset: 1 }]);
});

test('a fetch whose connection closes goes on at once, with nothing told', async () => {
  const { clock, kafka, join } = cluster();
  const reader = await join();
  await clock.pass(1);
  kafka.inject({ on: 'fetch', then: { error: 'CONNECTION_CLOSED' } });
  await clock.pass(500);
  kafka.append('t', [{ value: 'x' }]);
  await clock.pass(1);
  expect(reader.read).toEqual(['0:x']);
  expect([reader.told('group_join').length, reader.told('crash').length]).toEqual([1, 0]);
});

test('a fetch that hangs is given up after the request timeout, and what its member missed is read then', async () => {
  const { clock, kafka, join } = cluster();
  const reader = await join({ sessionTimeout: 60_000 });
  kafka.inject({ on: 'fetch', nth: 2, then: 'hang' });
  await clock.pass(600);
  kafka.append('t', [{ value: 'x' }]);
  await clock.pass(29_000);
  expect(reader.read).toEqual([]);
  await clock.pass(2_000);
  expect(reader.read).toEqual(['0:x']);
  expect(reader.told('crash')).toEqual([]);
});

test('a member whose fetch hangs sends no heartbeat, and loses its place when its session ends', async () => {
  const { clock, kafka, join } = cluster();
  const reader = await join();
  const { memberId } = reader;
  kafka.inject({ on: 'fetch', client: memberId, nth: 2, then: 'hang' });
  await clock.pass(11_000);
  expect(kafka.members('g')).toEqual([]);
  await clock.pass(30_000);
  expect(kafka.members('g')).toEqual([reader.memberId]);
  expect(reader.memberId).not.toBe(memberId);
});

test('a heartbeat that hangs does not stop those who look for another coordinator, nor other clients', async () => {
  const { clock, kafka, join } = cluster();
  const [cut, other] = [await join(), new Reader(kafka, { heartbeatInterval: 1_000, sessionTimeout: 10_000, maxWaitTimeInMs: 500 })];
  const joined = other.join();
  await clock.pass(2_000);
  await joined;
  kafka.inject({ on: 'heartbeat', client: cut.memberId, times: Infinity, then: 'hang' });
  await clock.pass(15_000);
  expect(kafka.members('g')).toEqual([other.memberId]);
  expect(other.assigned).toEqual([0]);
});

test('a client that cannot reach its coordinator crashes when it has tried often enough, and comes back when it can', async () => {
  const { clock, kafka, join } = cluster({ brokers: 2 });
  const reader = await join();
  const requests: FakeRequest[] = ['findCoordinator', 'joinGroup', 'syncGroup', 'heartbeat', 'offsetCommit', 'offsetFetch', 'leaveGroup'];
  const heal = kafka.inject({
    on: requests,
    client: reader.memberId,
    broker: kafka.coordinator(),
    times: Infinity,
    then: { error: 'ECONNREFUSED' },
  });
  await clock.pass(15_000);
  expect(reader.told('crash')).toMatchObject([{ error: { name: 'KafkaJSNumberOfRetriesExceeded' }, restart: true }]);
  heal();
  kafka.append('t', [{ value: 'x' }]);
  await clock.pass(40_000);
  expect(reader.read).toEqual(['0:x']);
  expect(kafka.members('g')).toEqual([reader.memberId]);
});

test('a client that no broker tells its coordinator crashes for good', async () => {
  const { clock, kafka, join } = cluster();
  kafka.inject({ on: 'findCoordinator', then: { error: 'CONNECTION_CLOSED' } });
  const reader = await join();
  await clock.pass(60_000);
  expect(reader.told('crash')).toMatchObject([{ error: { name: 'KafkaJSGroupCoordinatorNotFound' }, restart: false }]);
  expect(kafka.members('g')).toEqual([]);
});

test('a join whose answer is lost leaves a member that nobody is, until its session ends', async () => {
  const { clock, kafka, join } = cluster();
  kafka.inject({ on: 'joinGroup', nth: 2, then: 'loseAnswer' }); // the first only brings the id
  const reader = await join();
  expect(reader.told('crash')).toMatchObject([{ error: { name: 'KafkaJSConnectionClosedError' }, restart: true }]);
  await clock.pass(400);
  expect(kafka.members('g')).toHaveLength(2);
  await clock.pass(70_000);
  expect(kafka.members('g')).toEqual([reader.memberId]);
  expect(reader.assigned).toEqual([0]);
});

test('a sync that its leader does not send is given up after the request timeout', async () => {
  const { clock, kafka, join } = cluster();
  kafka.inject({ on: 'syncGroup', then: 'hang' });
  const joining = join();
  await clock.pass(30_000);
  const reader = await joining;
  expect(reader.told('crash')).toMatchObject([{ error: { name: 'KafkaJSRequestTimeoutError' }, restart: true }]);
  await clock.pass(40_000);
  expect(reader.assigned).toEqual([0]);
});

test('a partition whose leader moves is produced to and read from without a loss', async () => {
  const { clock, kafka, join, producer } = cluster({ brokers: 3 });
  const [reader, made] = [await join(), await producer()];
  const send = async (value: string) => {
    const sent = made.send({ topic: 't', messages: [{ partition: 0, value }] });
    await clock.pass(2_000);
    await sent;
  };
  await send('a');
  expect(kafka.leader('t', 0)).toBe(0);
  kafka.moveLeader('t', 0);
  expect(kafka.leader('t', 0)).toBe(1);
  await send('b');
  await clock.pass(2_000);
  expect(reader.read).toEqual(['0:a', '0:b']);
  expect(reader.told('group_join')).toHaveLength(2);
  expect(reader.told('crash')).toEqual([]);
});

test('a broker that stops hands its partitions on, and comes back without them', async () => {
  const { clock, kafka, join, producer } = cluster({ brokers: 3 });
  const [reader, made] = [await join(), await producer()];
  await clock.pass(100);
  kafka.stopBroker(0);
  expect([kafka.leader('t', 0), kafka.coordinator()]).toEqual([1, 1]);
  const sent = made.send(x);
  await clock.pass(20_000);
  await sent;
  kafka.startBroker(0);
  await clock.pass(20_000);
  expect([kafka.leader('t', 0), kafka.coordinator()]).toEqual([1, 1]);
  expect(new Set(reader.read)).toEqual(new Set(['0:x']));
  expect(kafka.members('g')).toEqual([reader.memberId]);
  expect(kafka.committed('g')).toMatchObject([{ offset: 1 }]);
});

test('while the only broker is down nothing goes, and everything that was stored is there when it is back', async () => {
  const { clock, kafka, join, producer } = cluster();
  const [reader, made] = [await join(), await producer()];
  kafka.append('t', [{ value: 'a' }]);
  await clock.pass(100);
  kafka.stopBroker(0);
  expect([kafka.leader('t', 0), kafka.coordinator()]).toEqual([undefined, undefined]);
  const sent = outcomeOf(made.send(x));
  await clock.pass(60_000);
  expect(await sent).toBe('KafkaJSNonRetriableError KafkaJSConnectionError');
  kafka.startBroker(0);
  const again = made.send(x);
  await clock.pass(60_000);
  await again;
  expect(reader.read).toEqual(['0:a', '0:x']);
  expect(kafka.members('g')).toEqual([reader.memberId]);
});

test.for([['moveLeader'], ['stopBroker'], ['startBroker']] as const)('%s refuses what is not there', ([method]) => {
  const { kafka } = cluster();
  const act = () => (method === 'moveLeader' ? kafka.moveLeader('t', 7) : kafka[method](1));
  expect(act).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => kafka.moveLeader('t', 0)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
