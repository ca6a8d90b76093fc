import { describe, expect, test } from 'vitest';
import { keyInTwoPartitions } from '../../src/run/keyInTwoPartitions';
import type { Task } from '../../src/run/task';
import { fold, partition, summing, taskOf } from './pieces';

/** A task of one partition with these keys in the window [0, 10). */
function taskWith(keys: readonly unknown[]): Task {
  const epoch = partition();
  const task = taskOf([epoch], [summing(10)]);
  for (const key of keys) fold(task, epoch, 5, key);
  return task;
}

/** What is said when the window of the first task closes. */
function told(...tasks: [Task, ...Task[]]): string | undefined {
  const window = tasks[0].stages[0]?.table.takeFirst(10);
  if (!window) throw new Error('the window was not opened');
  return keyInTwoPartitions(window, 0, tasks[0], tasks)?.message;
}

describe('a key in the same window of two partitions', () => {
  test('is named, with both places and what to do', () => {
    const message = told(taskWith(['a', 'b']), taskWith(['c']), taskWith(['b']));
    expect(message).toMatch(/^the key "b" is in t\[0\] and in t\[0\], both in the window \[0, 10\)/);
    expect(message).toContain('keyBy((value, record) => record.key)');
  });

  test('is compared by value, whatever it is', () => {
    expect(told(taskWith([['eu', 1n]]), taskWith([['eu', 1n]]))).toContain('the key ["eu","1"] is');
  });

  test('is looked for among so many keys that closing costs the same with many of them', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index);
    expect(told(taskWith([...many, 'b']), taskWith(['b']))).toBeUndefined();
    expect(told(taskWith([...many.slice(1), 'b']), taskWith(['b']))).toBeDefined();
    expect(told(taskWith([...many.slice(500), 'b']), taskWith(['b']), taskWith([]))).toBeUndefined();
  });
});

describe('it is no error', () => {
  test('that partitions have different keys', () => {
    expect(told(taskWith(['a']), taskWith(['b']))).toBeUndefined();
  });

  test('that a key is in another window of another partition', () => {
    const epoch = partition();
    const later = taskOf([epoch], [summing(10)]);
    fold(later, epoch, 15, 'a');
    expect(told(taskWith(['a']), later)).toBeUndefined();
  });

  test('that a single partition has the key', () => {
    expect(told(taskWith(['a', 'a']))).toBeUndefined();
  });
});
