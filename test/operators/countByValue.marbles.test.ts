import { ack, countByValue, flatMapValues, hopping, tumbling } from 'millrace';
import { marbles } from 'millrace/testing';
import { test } from 'vitest';

const window = (start: number, end: number) => ({ start, end });

test('the value becomes the key, whatever the key was', () => {
  const given = '    -a-b-c----d----|';
  const expected = ' ----------(pq)-(r|)';
  const released = ' ----------(abc)d';
  marbles((m) => {
    const words$ = m.records(given, { a: ['ann', 'to'], b: [null, 'be'], c: ['bob', 'to'], d: ['ann', 'or'] });
    m.expectRecords(words$.pipe(countByValue({ window: tumbling(10) }), ack())).toBe(expected, {
      p: ['to', 2, window(0, 10)],
      q: ['be', 1, window(0, 10)],
      r: ['or', 1, window(10, 20)],
    });
    m.expectReleased(words$).toBe(released);
  });
});

test('one that comes from several partitions is counted once, when the last of them has passed the end', () => {
  const first = '    -a---------b------|';
  const second = '   --c-------------d-|';
  const expected = ' ----------------p-(qr|)';
  marbles((m) => {
    const words$ = m.records([first, second], { a: [null, 'to'], b: [null, 'be'], c: [null, 'to'], d: [null, 'or'] });
    m.expectRecords(words$.pipe(countByValue({ window: tumbling(10) }))).toBe(expected, {
      p: ['to', 2, window(0, 10)],
      q: ['be', 1, window(10, 20)],
      r: ['or', 1, window(10, 20)],
    });
  });
});

test('words of a line are counted in each window that the line is in; it is released with the last', () => {
  const given = '    -a-----b-------|';
  const expected = ' -------(pq)----(rst|)';
  const released = ' ---------------(ab)';
  marbles((m) => {
    const lines$ = m.records(given, { a: [null, 'to be'], b: [null, 'to'] });
    const counts$ = lines$.pipe(
      flatMapValues((line) => line.split(' ')),
      countByValue({ window: hopping(10, { every: 5 }) }),
      ack(),
    );
    m.expectRecords(counts$).toBe(expected, {
      p: ['to', 1, window(-5, 5)],
      q: ['be', 1, window(-5, 5)],
      r: ['to', 2, window(0, 10)],
      s: ['be', 1, window(0, 10)],
      t: ['to', 1, window(5, 15)],
    });
    m.expectReleased(lines$).toBe(released);
  });
});

test('a value that is null ends the stream', () => {
  const given = '    -a-b---|';
  const expected = ' ---#';
  marbles((m) => {
    const words$ = m.records<string, string>(given, { a: ['ann', 'to'], b: ['ann', null as unknown as string] });
    m.expectRecords(words$.pipe(countByValue({ window: tumbling(10) }))).toBe(expected, {}, { code: 'NULL_KEY' });
  });
});
