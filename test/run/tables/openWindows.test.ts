import { expect, test } from 'vitest';
import { OpenWindows } from '../../../src/run/tables/openWindows';

const window = (start: number, end: number) => ({ start, end });

test('windows are found by both edges, also those that begin at the same time', () => {
  const [short, long, next] = [window(0, 10), window(0, 20), window(10, 20)];
  const open = new OpenWindows<ReturnType<typeof window>>();
  for (const each of [short, long, next]) open.add(each);
  expect([
    open.get({ start: 0, end: 10 }),
    open.get({ start: 0, end: 20 }),
    open.get({ start: 10, end: 20 }),
    open.get({ start: 10, end: 30 }),
    open.get({ start: 20, end: 30 }),
  ]).toEqual([short, long, next, undefined, undefined]);
  expect([...open]).toEqual([short, long, next]);
});

test('one that is deleted leaves those beside it', () => {
  const [short, long] = [window(0, 10), window(0, 20)];
  const open = new OpenWindows<ReturnType<typeof window>>();
  for (const each of [short, long]) open.add(each);
  open.delete(short);
  expect([...open]).toEqual([long]);
  open.delete(long);
  expect([...open]).toEqual([]);
  expect(open.get({ start: 0, end: 20 })).toBeUndefined();
});
