import { expect, test } from 'vitest';
import { FakeConnection } from '../../../src/testing/network/fakeConnection';
import { Clock, settled } from '../../run/clock';

const connect = (latency = 0) => {
  const scheduler = new Clock();
  const connection = new FakeConnection({ scheduler, latency });
  const done: string[] = [];
  const note = (name: string, promise: Promise<unknown>) =>
    void promise.then(
      () => done.push(name),
      (error: unknown) => done.push(`${name}: ${String(error)}`),
    );
  return { scheduler, connection, done, note };
};

test('requests arrive after the latency, in the order in which they were made', async () => {
  const { scheduler, connection, done } = connect(10);
  void connection.request('metadata', 0, () => done.push('a'));
  void connection.request('metadata', 0, () => done.push('b'));
  await scheduler.pass(9);
  expect(done).toEqual([]);
  await scheduler.pass(1);
  expect(done).toEqual(['a', 'b']);
});

test('what the broker throws is the answer', async () => {
  const { connection } = connect();
  const thrower = (): never => {
    throw new Error('refused');
  };
  await expect(connection.request('metadata', 0, thrower)).rejects.toThrow('refused');
  await expect(connection.request('metadata', 0, () => Promise.reject(new Error('later')))).rejects.toThrow('later');
});

test('nothing that a dead client waits for comes, and nothing it has sent arrives any more', async () => {
  const { scheduler, connection, done, note } = connect(10);
  let answer = (): void => undefined;
  let refuse = (): void => undefined;
  note(
    'answered',
    connection.request('metadata', 0, () => new Promise<void>((resolve) => (answer = resolve))),
  );
  note(
    'refused',
    connection.request('metadata', 0, () => new Promise<void>((_, reject) => (refuse = () => reject(new Error('no'))))),
  );
  await scheduler.pass(10);
  note(
    'sent',
    connection.request('metadata', 0, () => done.push('arrived')),
  );
  note('slept', connection.sleep(5));
  connection.process.kill();
  note(
    'sent when dead',
    connection.request('metadata', 0, () => done.push('arrived from the dead')),
  );
  answer();
  refuse();
  await scheduler.pass(1_000);
  expect(done).toEqual([]);
  await connection.close();
});

test('it is closed when everything is answered', async () => {
  const { connection, done, note } = connect();
  let answer = (): void => undefined;
  note(
    'answered',
    connection.request('metadata', 0, () => new Promise<void>((resolve) => (answer = resolve))),
  );
  await settled();
  note('closed', connection.close());
  await settled();
  expect(done).toEqual([]);
  answer();
  await settled();
  expect(done).toEqual(['answered', 'closed']);
});
