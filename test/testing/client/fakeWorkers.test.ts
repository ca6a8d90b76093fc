import { expect, test, vi } from 'vitest';
import { FakeWorkers } from '../../../src/testing/client/fakeWorkers';
import { settled } from '../../run/clock';

/** Workers that handle an item until the test ends it. */
function workers(count: number) {
  const begun: string[] = [];
  const open = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const queue = new FakeWorkers<string>(count, (item) => {
    begun.push(item);
    return new Promise((resolve, reject) => open.set(item, { resolve, reject }));
  });
  const end = async (item: string, error?: Error) => {
    if (error) open.get(item)?.reject(error);
    else open.get(item)?.resolve();
    await settled();
  };
  return { begun, queue, end };
}

test('so many items are handled at a time as there are workers, in their order, whoever has brought them', async () => {
  const { begun, queue, end } = workers(2);
  let first = 'waits';
  void queue.handleAll(['a', 'b', 'c']).then(() => (first = 'is done'));
  const second = queue.handleAll(['d']);
  await settled();
  expect(begun).toEqual(['a', 'b']);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  await end('c');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  expect(first).toBe('waits');
  await end('d');
  await second;
  await end('a');
  expect(first).toBe('is done');
});

test('an item that fails does not keep the others from being handled, and its error comes when all are', async () => {
  const { begun, queue, end } = workers(1);
  let outcome: unknown = 'waits';
  void queue.handleAll(['a', 'b', 'c']).catch((error: unknown) => (outcome = error));
  await settled();
  const first = new Error('first');
  await end('a', first);
  await end('b', new Error('second'));
  expect(begun).toEqual(['a', 'b', 'c']);
  expect(outcome).toBe('waits');
  await end('c');
  expect(outcome).toBe(first);
});

test('workers that have nothing to do take what comes later', async () => {
  const { begun, queue, end } = workers(1);
  await queue.handleAll([]);
  for (const item of ['a', 'b']) {
    const handled = queue.handleAll([item]);
    await end(item);
    await handled;
  }
  expect(begun).toEqual(['a', 'b']);
});

test('what comes while one is handled alone is handled after it', async () => {
  const handled: string[] = [];
  const gates = new Map<string, () => void>();
  const workers = new FakeWorkers<string>(1, async (item) => {
    await new Promise<void>((resolve) => gates.set(item, resolve));
    handled.push(item);
  });
  const first = workers.handleAll(['a']);
  const second = workers.handleAll(['b', 'c']);
  gates.get('a')?.();
  await first;
  for (const item of ['b', 'c']) {
    await vi.waitFor(() => expect(gates.has(item)).toBe(true));
    gates.get(item)?.();
  }
  await second;
  expect(handled).toEqual(['a', 'b', 'c']);
});
