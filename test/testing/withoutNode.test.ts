import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FakeKafka } from 'millrace/testing';
import { expect, test, vi } from 'vitest';
import { Clock } from '../run/clock';
import { Reader, textOf } from './reader';

/** All that a file imports, and what those import. */
function importsOf(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen;
  const names = [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)].map(([, name]) => name ?? '');
  seen.set(file, names);
  for (const name of names) if (name.startsWith('.')) importsOf(`${join(dirname(file), name)}.ts`, seen);
  return seen;
}

test('the testing entry point needs nothing but RxJS', () => {
  const imports = importsOf(join(import.meta.dirname, '../../src/testing/index.ts'));
  expect(imports.size).toBeGreaterThan(15);
  const foreign = [...imports.values()].flat().filter((name) => !name.startsWith('.'));
  expect(new Set(foreign)).toEqual(new Set(['rxjs', 'rxjs/testing']));
});

test('where there is no Buffer, keys, values and headers are Uint8Array, and bytes are written as they are', async () => {
  vi.stubGlobal('Buffer', undefined);
  try {
    const clock = new Clock();
    const kafka = new FakeKafka({ scheduler: clock });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({
      topic: 't',
      messages: [{ key: new Uint8Array([1]), value: new Uint8Array([2, 3]), headers: { h: 'x' } }, { value: 'text' }],
    });
    const reader = await new Reader(kafka).join();
    await clock.pass(1);
    const [first, second] = kafka.records('t');
    expect(first?.key).toEqual(new Uint8Array([1]));
    expect(first?.value).toEqual(new Uint8Array([2, 3]));
    expect(textOf(first?.headers['h'] as Uint8Array)).toBe('x');
    expect(textOf(second?.value)).toBe('text');
    expect(reader.read).toHaveLength(2);
    expect(reader.assigned).toEqual([0]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('where there is a Buffer, everything is one', async () => {
  const clock = new Clock();
  const kafka = new FakeKafka({ scheduler: clock });
  kafka.append('t', [{ key: new Uint8Array([1]), value: 'x', headers: { h: ['a', new Uint8Array([2])] } }]);
  const [record] = kafka.records('t');
  const found = [record?.key, record?.value, ...(record?.headers['h'] as unknown[])];
  expect(found.map((bytes) => Buffer.isBuffer(bytes))).toEqual([true, true, true, true]);
});
