import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock, settled } from '../run/clock';
import { Reader, type ReaderOptions } from './reader';

const group = (partitions = 4) => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock });
  kafka.createTopic('t', { partitions });
  return { clock, kafka, reader: (options: ReaderOptions = {}) => new Reader(kafka, { maxWaitTimeInMs: 500, ...options }) };
};

test('a second member gets its share when the first has noticed it', async () => {
  const { clock, kafka, reader } = group();
  const first = await reader().join();
  await clock.pass(100);
  expect(first.assigned).toEqual([0, 1, 2, 3]);
  const second = reader();
  const joined = second.join();
  await clock.pass(2_899);
  expect(second.told('group_join')).toEqual([]);
  await clock.pass(501);
  await joined;
  expect([first.assigned, second.assigned]).toEqual([
    [0, 2],
    [1, 3],
  ]);
  expect(first.told('rebalancing')).toHaveLength(1);
  expect(kafka.members('g')).toEqual([first.memberId, second.memberId]);
});

test('a member that does not join again is left behind when the rebalance timeout is over', async () => {
  const { clock, kafka, reader } = group();
  let letGo = (): void => undefined;
  const busy = await reader({
    rebalanceTimeout: 10_000,
    sessionTimeout: 60_000,
    eachBatch: () => new Promise((resolve) => (letGo = resolve)),
  }).join();
  kafka.append('t', [{ value: 'x' }]);
  await clock.pass(1);
  const second = reader({ rebalanceTimeout: 10_000 });
  const joined = second.join();
  await clock.pass(9_999);
  expect(second.told('group_join')).toEqual([]);
  await clock.pass(1);
  await joined;
  expect(second.assigned).toEqual([0, 1, 2, 3]);
  const idBefore = busy.memberId;
  letGo();
  await clock.pass(10_000);
  expect(busy.memberId).not.toBe(idBefore);
  expect(kafka.members('g')).toHaveLength(2);
});

test('a member that leaves is missed at once, and one that was killed when its session ends', async () => {
  const { clock, kafka, reader } = group();
  const stays = await reader({ heartbeatInterval: 100, sessionTimeout: 6_000 }).join();
  const others = [
    reader({ heartbeatInterval: 100, sessionTimeout: 6_000 }),
    reader({ heartbeatInterval: 100, sessionTimeout: 6_000 }),
  ] as const;
  const joined = Promise.all(others.map((other) => other.join()));
  await clock.pass(2_000);
  await joined;
  const left = others[0].consumer.disconnect();
  await clock.pass(2_000);
  await left;
  expect(kafka.members('g')).toEqual([stays.memberId, others[1].memberId]);
  const lastBeat = others[1].events.findLast(({ type }) => type === 'consumer.heartbeat')?.timestamp ?? 0;
  kafka.kill(others[1].memberId);
  await clock.pass(lastBeat + 5_999 - clock.now());
  expect(kafka.members('g')).toHaveLength(2);
  await clock.pass(1);
  expect(kafka.members('g')).toEqual([stays.memberId]);
  await clock.pass(1_000);
  expect(stays.assigned).toEqual([0, 1, 2, 3]);
});

test('what was asked of a member that is killed stays pending, nothing is told, and a test can still clean up', async () => {
  const { clock, kafka, reader } = group();
  kafka.append('t', [{ value: 'x' }]);
  let letGo = (): void => undefined;
  let oneShot: Promise<string> | undefined;
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'resolved',
      () => 'rejected',
    );
  const victim = await reader({
    partitionsConsumedConcurrently: 1,
    eachBatch: async ({ commitOffsetsIfNecessary }) => {
      await new Promise<void>((resolve) => (letGo = resolve));
      oneShot = outcome(commitOffsetsIfNecessary({ topics: [{ topic: 't', partitions: [{ partition: 0, offset: '1' }] }] }));
    },
  } as ReaderOptions).join();
  await clock.pass(1);
  const committing = outcome(victim.consumer.commitOffsets([{ topic: 't', partition: 0, offset: '1' }]));
  kafka.kill(victim.memberId);
  const told = victim.events.length;
  letGo();
  kafka.append('t', [{ value: 'y' }]);
  await clock.pass(60_000);
  const pending = Promise.resolve('pending');
  expect(await Promise.race([committing, pending])).toBe('pending');
  expect(await Promise.race([oneShot, pending])).toBe('pending');
  expect(victim.read).toEqual(['0:x']);
  expect(victim.events).toHaveLength(told);
  expect(kafka.committed('g')).toEqual([]);
  await victim.consumer.stop();
  await victim.consumer.disconnect();
  expect(victim.events).toHaveLength(told);
});

test('a rebalance that is asked for makes members join again, each when its heartbeat is due', async () => {
  const { clock, kafka, reader } = group();
  const only = await reader().join();
  await clock.pass(10);
  kafka.rebalance('g');
  await clock.pass(2_900);
  expect(only.told('group_join')).toHaveLength(1);
  await clock.pass(600);
  expect(only.told('group_join')).toHaveLength(2);
  expect(only.told('rebalancing')).toEqual([{ groupId: 'g', memberId: only.memberId }]);
});

test('a rebalance of a group without members is nothing', async () => {
  const { kafka } = group();
  kafka.rebalance('g');
  await settled();
  expect(kafka.members('g')).toEqual([]);
});

test('a commit of the generation before is taken while the group prepares, and refused when a new one has begun', async () => {
  const { clock, kafka, reader } = group(1);
  kafka.append('t', [{ value: 'x' }]);
  const outcomes: string[] = [];
  let step = (): void => undefined;
  const busy = await reader({
    sessionTimeout: 60_000,
    rebalanceTimeout: 5_000,
    eachBatch: async ({ commitOffsetsIfNecessary }) => {
      for (let i = 0; i < 2; i++) {
        await new Promise<void>((resolve) => (step = resolve));
        const commit = commitOffsetsIfNecessary({ topics: [{ topic: 't', partitions: [{ partition: 0, offset: String(i + 1) }] }] });
        outcomes.push(
          await commit.then(
            () => 'stored',
            (error: unknown) => (error as { type: string }).type,
          ),
        );
      }
    },
  }).join();
  await clock.pass(1);
  const second = reader({ rebalanceTimeout: 5_000 });
  const joined = second.join();
  await clock.pass(1);
  step();
  await clock.pass(5_000);
  await joined;
  step();
  await clock.pass(0);
  expect(outcomes).toEqual(['stored', 'UNKNOWN_MEMBER_ID']);
  expect(kafka.committed('g')).toMatchObject([{ offset: 1 }]);
  expect(busy.told('crash')).toEqual([]);
});
