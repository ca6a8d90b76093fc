import { expect, test } from 'vitest';
import { FakeBatch } from '../../../src/testing/client/fakeBatch';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { protocolError } from '../../../src/testing/network/fakeErrors';
import { FakeHandler, type HandlerContext, type RunConfig } from '../../../src/testing/client/fakeHandler';
import { FakeLog } from '../../../src/testing/broker/fakeLog';
import { FakePauses } from '../../../src/testing/client/fakePauses';
import { Clock } from '../../run/clock';

/** A handler of a stopped world: what it asks of its member is noted. */
function handlerWith(run: Partial<RunConfig>, heartbeat: () => Promise<void> = () => Promise.resolve()) {
  const asked: string[] = [];
  const pauses = new FakePauses();
  const state = { isRunning: true, hasSeek: false };
  const member = {
    pauses,
    hasSeek: () => state.hasSeek,
    resolve: (_topic: string, _partition: number, offset: number) => void asked.push(`resolve ${offset}`),
    commit: async () => void asked.push('commit'),
    commitIfNecessary: async (interval: number | null, threshold: number | null) => void asked.push(`commit if ${interval} ${threshold}`),
    uncommitted: () => [],
    mustBeat: true,
    heartbeat,
  } as unknown as HandlerContext['member'];
  const events = { emit: (name: string) => void asked.push(name) } as unknown as HandlerContext['events'];
  const connection = new FakeConnection({ scheduler: new Clock(), latency: 0 });
  const handler = new FakeHandler(
    {
      member,
      events,
      connection,
      run: {
        autoCommit: true,
        autoCommitInterval: null,
        autoCommitThreshold: null,
        eachBatchAutoResolve: true,
        partitionsConsumedConcurrently: 1,
        ...run,
      },
    },
    () => state.isRunning,
  );
  return { handler, asked, state, connection, pauses };
}

/** A batch of so many records, from offset 5, and a mark behind them. */
function batchOf(count: number): FakeBatch {
  const log = new FakeLog('t', 3, 0);
  const message = { key: null, value: null, timestamp: '0', headers: {} };
  log.append(Array.from({ length: 5 }, () => message));
  log.append(Array.from({ length: count }, () => message));
  log.append([message], { isControl: true });
  return new FakeBatch({ topic: 't', partition: 3, offset: 5, highWatermark: log.end, ...log.read(5, log.end, Infinity, true) });
}

test('eachMessage: each record is resolved when it is done, and everything is committed at the end', async () => {
  const { handler, asked } = handlerWith({
    autoCommitInterval: 7,
    autoCommitThreshold: 9,
    eachMessage: async ({ message, topic, partition }) => void asked.push(`${topic}[${partition}]@${message.offset}`),
  });
  await handler.handle(batchOf(2));
  expect(asked).toEqual([
    'start_batch_process',
    't[3]@5',
    'resolve 5',
    'commit if 7 9',
    't[3]@6',
    'resolve 6',
    'commit if 7 9',
    'end_batch_process',
    'commit',
  ]);
});

test('eachMessage: what is left of a batch after a stop, a seek or a pause is not handled', async () => {
  for (const end of ['stop', 'seek', 'pause'] as const) {
    const { handler, asked, state } = handlerWith({
      autoCommit: false,
      eachMessage: async ({ message, pause }) => {
        asked.push(message.offset);
        if (end === 'stop') state.isRunning = false;
        if (end === 'seek') state.hasSeek = true;
        if (end === 'pause') pause();
      },
    });
    await handler.handle(batchOf(3));
    expect(asked).toEqual(['start_batch_process', '5', 'resolve 5', 'end_batch_process']);
  }
});

test('eachMessage: when it fails, what came before is committed, and the error goes on', async () => {
  const { handler, asked } = handlerWith({
    eachMessage: async ({ message }) => {
      if (message.offset === '6') throw new Error('not this one');
    },
  });
  await expect(handler.handle(batchOf(3))).rejects.toThrow('not this one');
  expect(asked).toEqual(['start_batch_process', 'resolve 5', 'commit if null null', 'commit']);
});

test('a mark behind the last record is resolved with it', async () => {
  const { handler, asked } = handlerWith({
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset }) => batch.messages.forEach(({ offset }) => resolveOffset(offset)),
  });
  await handler.handle(batchOf(2));
  expect(asked).toEqual(['start_batch_process', 'resolve 5', 'resolve 7', 'end_batch_process', 'commit']);
});

test('a batch of marks is passed over and told, and committed only if it is time', async () => {
  const { handler, asked } = handlerWith({ eachBatch: async () => void asked.push('not me') });
  await handler.handle(batchOf(0));
  expect(asked).toEqual(['start_batch_process', 'resolve 5', 'commit if null null', 'end_batch_process']);
});

test('where a heartbeat says that the group is rebalancing, what is done is committed first', async () => {
  const { handler, asked } = handlerWith({ eachBatch: async () => undefined }, () =>
    Promise.reject(protocolError('REBALANCE_IN_PROGRESS')),
  );
  await expect(handler.heartbeat()).rejects.toMatchObject({ type: 'REBALANCE_IN_PROGRESS' });
  expect(asked).toEqual(['commit']);
  const other = handlerWith({}, () => Promise.reject(protocolError('UNKNOWN_MEMBER_ID')));
  await expect(other.handler.heartbeat()).rejects.toMatchObject({ type: 'UNKNOWN_MEMBER_ID' });
  expect(other.asked).toEqual([]);
});

test('a batch that comes after a stop is not handled', async () => {
  const { handler, asked, state } = handlerWith({ eachBatch: async () => undefined });
  state.isRunning = false;
  await handler.handle(batchOf(2));
  expect(asked).toEqual([]);
});
