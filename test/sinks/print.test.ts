import { from } from 'rxjs';
import { expect, test, vi } from 'vitest';
import { print, type StreamRecord } from '../../src/index';

const record = { key: 'ann', value: 'to be', timestamp: 5, headers: {}, '~provenance': { kind: 'millrace' as const } };
const place = { topic: 'lines', partition: 0, offset: 3 };
const window = { window: { start: 0, end: 10_000 }, final: true };

function printed(...records: StreamRecord[]): string[] {
  const lines: string[] = [];
  from(records)
    .pipe(print({ to: (line) => lines.push(line) }))
    .subscribe();
  return lines;
}

test('a record is printed with its place, key and value', () => {
  expect(printed({ ...record, ...place })).toEqual(['lines[0]@3 ann: to be']);
});

test('a result is printed with its window', () => {
  expect(printed({ ...record, ...window, value: 12 })).toEqual(['[0, 10000) ann: 12']);
});

test.each<[unknown, string]>([
  [null, 'null'],
  [undefined, 'undefined'],
  [12n, '12'],
  [Uint8Array.of(1, 2), '2 bytes'],
  [{ amount: 3 }, '{"amount":3}'],
])('the value %s is printed as %s', (value, shown) => {
  expect(printed({ ...record, ...place, value })).toEqual([`lines[0]@3 ann: ${shown}`]);
});

test('the format may be one of your own, and the record is passed on', () => {
  const lines: string[] = [];
  const passed: StreamRecord[] = [];
  const given = { ...record, ...place };
  from([given])
    .pipe(print({ format: (value, { offset }) => `${offset}: ${value}`, to: (line) => lines.push(line) }))
    .subscribe((element) => passed.push(element));
  expect(lines).toEqual(['3: to be']);
  expect(passed).toEqual([given]);
});

test('by default it prints to the console', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  from([{ ...record, ...place }])
    .pipe(print())
    .subscribe();
  expect(log).toHaveBeenCalledWith('lines[0]@3 ann: to be');
  log.mockRestore();
});
