import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../run/clock';
import { Reader, type ReaderOptions, textOf } from './reader';

const cluster = (partitions = 2) => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock });
  kafka.createTopic('t', { partitions });
  const options = { heartbeatInterval: 1_000, sessionTimeout: 10_000, maxWaitTimeInMs: 500 };
  return { clock, kafka, reader: (id: string, more: ReaderOptions = {}) => new Reader(kafka.client(id), { ...options, ...more }) };
};

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { type?: string }).type ?? String(error),
  );

test('the consumers and producers of a client are killed together, those of another client live on', async () => {
  const { clock, kafka, reader } = cluster();
  const [mine, other] = [await reader('a').join(), reader('b')];
  const joining = other.join();
  await clock.pass(2_000);
  await joining;
  const producers = await Promise.all(
    ['a', 'b'].map(async (id) => {
      const producer = kafka.client(id).producer();
      await producer.connect();
      return producer;
    }),
  );
  kafka.kill('a');
  const sends = producers.map((producer) => outcomeOf(producer.send({ topic: 't', messages: [{ partition: 0, value: 'x' }] })));
  await clock.pass(12_000);
  expect(await Promise.race([sends[0], Promise.resolve('pending')])).toBe('pending');
  expect(await sends[1]).toBe('resolved');
  expect(kafka.members('g')).toEqual([other.memberId]);
  expect(other.assigned).toEqual([0, 1]);
  expect(mine.read).toEqual([]);
  expect(other.read).toEqual(['0:x']);
});

test('a client that was killed can be started again under its id', async () => {
  const { clock, kafka, reader } = cluster();
  await reader('a').join();
  kafka.kill('a');
  const again = reader('a');
  const joined = again.join();
  await clock.pass(11_000);
  await joined;
  expect(kafka.members('g')).toEqual([again.memberId]);
});

test('a frozen member loses its partitions, and what it commits when it is thawed is refused', async () => {
  const { clock, kafka, reader } = cluster(1);
  kafka.append('t', [{ value: 'x' }]);
  let commit: Promise<string> | undefined;
  let letGo = (): void => undefined;
  const zombie = await reader('a', {
    eachBatch: async ({ commitOffsetsIfNecessary }) => {
      await new Promise<void>((resolve) => (letGo = resolve));
      commit ??= outcomeOf(commitOffsetsIfNecessary({ topics: [{ topic: 't', partitions: [{ partition: 0, offset: '1' }] }] }));
      await commit;
    },
  }).join();
  await clock.pass(100);
  const thaw = kafka.freeze('a');
  const heir = reader('b', { autoCommit: true });
  const joined = heir.join();
  await clock.pass(15_000);
  await joined;
  expect(heir.read).toEqual(['0:x']);
  letGo();
  await clock.pass(1_000);
  expect(zombie.told('heartbeat')).toEqual([]);
  expect(await Promise.race([commit, Promise.resolve('pending')])).toBe('pending');
  thaw();
  await clock.pass(0);
  expect(await commit).toBe('UNKNOWN_MEMBER_ID');
  await clock.pass(5_000);
  letGo();
  await clock.pass(5_000);
  expect(kafka.members('g')).toHaveLength(2);
  expect(kafka.committed('g')).toMatchObject([{ offset: 1 }]);
});

test('a member that is frozen for less than its session keeps its place', async () => {
  const { clock, kafka, reader } = cluster();
  const only = await reader('a').join();
  await clock.pass(1_000);
  const { memberId } = only;
  const thaw = kafka.freeze(memberId);
  kafka.append('t', [{ partition: 0, value: 'x' }]);
  await clock.pass(8_000);
  expect(only.read).toEqual([]);
  thaw();
  await clock.pass(20_000);
  expect(only.read).toEqual(['0:x']);
  expect(only.told('group_join')).toHaveLength(1);
  expect(only.memberId).toBe(memberId);
});

test('a member that is slow to answer keeps its place as long as it is heard of within its session', async () => {
  const { clock, kafka, reader } = cluster();
  const slow = await reader('a').join();
  const { memberId } = slow;
  const hurry = kafka.inject({ on: ['heartbeat', 'fetch'], client: 'a', times: Infinity, then: { delay: '4s' } });
  await clock.pass(60_000);
  expect([slow.memberId, ...kafka.members('g')]).toEqual([memberId, memberId]);
  hurry();
  kafka.inject({ on: 'heartbeat', client: 'a', times: 3, then: { delay: '12s' } });
  await clock.pass(60_000);
  expect(slow.told('group_join').length).toBeGreaterThan(1);
  expect(kafka.members('g')).toEqual([slow.memberId]);
  expect(slow.memberId).not.toBe(memberId);
});

test('a member that is frozen while the others join is left behind when the rebalance timeout is over', async () => {
  const { clock, kafka, reader } = cluster();
  const patient = { sessionTimeout: 60_000, rebalanceTimeout: 5_000 };
  const frozen = await reader('a', patient).join();
  await clock.pass(100);
  const left = frozen.memberId;
  const thaw = kafka.freeze('a');
  const other = reader('b', patient);
  const joined = other.join();
  await clock.pass(4_999);
  expect(kafka.members('g')).toHaveLength(2);
  await clock.pass(1);
  await joined;
  expect(other.assigned).toEqual([0, 1]);
  thaw();
  await clock.pass(10_000);
  expect(frozen.memberId).not.toBe(left);
  expect([...frozen.assigned, ...other.assigned].toSorted()).toEqual([0, 1]);
});

test('a transactional producer that was frozen is fenced by the next of its id', async () => {
  const { clock, kafka } = cluster();
  const begin = async (id: string) => {
    const producer = kafka.client(id).producer({ transactionalId: 'tx', idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer.transaction();
  };
  const message = (value: string) => ({ topic: 't', messages: [{ partition: 0, value }] });
  const zombie = await begin('a');
  await zombie.send(message('zombie'));
  const thaw = kafka.freeze('a');
  const late = outcomeOf(zombie.send(message('late')));
  const begun = begin('b');
  await clock.pass(2_000);
  const heir = await begun;
  await heir.send(message('heir'));
  await heir.commit();
  thaw();
  await clock.pass(60_000);
  expect(await late).toMatch(/INVALID_PRODUCER_EPOCH/);
  expect(await outcomeOf(zombie.commit())).not.toBe('resolved');
  expect(kafka.records('t').map(({ value }) => textOf(value))).toEqual(['heir']);
});

test('who freezes or kills a client that nobody knows is told', () => {
  const { kafka } = cluster();
  for (const act of [() => kafka.freeze('nobody'), () => kafka.kill('nobody'), () => kafka.client('')]) {
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  }
});
