import { describe, expect, test } from 'vitest';
import type { StreamError } from '../../src/errors';
import { type OutgoingMessage, PartitionWriter } from '../../src/kafka/partitionWriter';
import { heldProducer, settle } from './heldProducer';

const message = (value: Uint8Array | string | null, headers: OutgoingMessage['headers'] = {}): OutgoingMessage => ({
  key: null,
  value,
  timestamp: 7,
  headers,
});

function writerOf() {
  const { client, sends } = heldProducer({});
  const written: number[] = [];
  const failures: StreamError[] = [];
  const writer = new PartitionWriter<number>(
    client.producer(),
    'out',
    3,
    { acks: -1, compression: undefined },
    {
      acknowledged: (elements) => written.push(...elements),
      failed: (error) => failures.push(error),
    },
  );
  return { writer, sends, written, failures };
}

/** How many messages went into each send, when every send is acknowledged as it comes. */
async function sizesOfSends(values: readonly (Uint8Array | string)[]): Promise<number[]> {
  const { writer, sends } = writerOf();
  values.forEach((value, n) => writer.add(message(value), n));
  writer.send();
  for (let n = 0; n < sends.length; n++) await sends[n]?.acknowledge();
  return sends.map(({ messages }) => messages.length);
}

describe('a partition writer', () => {
  test('sends one batch at a time, and tells what is written in the order of adding', async () => {
    const { writer, sends, written } = writerOf();
    writer.add(message('a'), 0);
    writer.send();
    writer.add(message('b'), 1);
    writer.add(message('c'), 2);
    writer.send();
    await settle();
    expect(sends.map(({ messages }) => messages.map(({ value }) => value))).toEqual([['a']]);
    await sends[0]?.acknowledge();
    await sends[1]?.acknowledge();
    expect(sends.map(({ messages }) => messages.map(({ value }) => value))).toEqual([['a'], ['b', 'c']]);
    expect(written).toEqual([0, 1, 2]);
  });

  test('says when a message has made a batch full, and sends it', () => {
    const { writer, sends } = writerOf();
    const full = Array.from({ length: 500 }, (_, n) => writer.add(message('a'), n));
    expect(full.indexOf(true)).toBe(499);
    expect(sends.map(({ messages }) => messages.length)).toEqual([500]);
  });

  test('sends at most 500 messages at once', async () => {
    expect(await sizesOfSends(Array.from({ length: 1_100 }, () => 'a'))).toEqual([500, 500, 100]);
  });

  test('sends at most 900 kB at once, and a larger message alone', async () => {
    const [half, large] = [new Uint8Array(450_000), new Uint8Array(2_000_000)];
    expect(await sizesOfSends([half, half, half, large, half])).toEqual([2, 1, 1, 1]);
  });

  test('counts keys as it counts values', async () => {
    const { writer, sends } = writerOf();
    const large = { ...message(null), key: new Uint8Array(500_000) };
    expect([writer.add(large, 0), writer.add(large, 1)]).toEqual([false, true]);
    await sends[0]?.acknowledge();
    expect(sends.map(({ messages }) => messages.length)).toEqual([1, 1]);
  });

  test('counts anew when a batch is on its way', async () => {
    const { writer, sends, written } = writerOf();
    const half = message(new Uint8Array(450_000));
    expect([writer.add(half, 0), writer.add(half, 1)]).toEqual([false, true]);
    await sends[0]?.acknowledge();
    expect([writer.add(half, 2), writer.add(half, 3)]).toEqual([false, true]);
    await sends[1]?.acknowledge();
    expect(written).toEqual([0, 1, 2, 3]);
  });

  test('keeps text below that too, whatever its letters take in UTF-8', async () => {
    const text = '語'.repeat(200_000);
    expect(Buffer.byteLength(text)).toBe(600_000);
    expect(await sizesOfSends([text, text, text])).toEqual([1, 1, 1]);
  });

  test('writes a header under any name', async () => {
    const { writer, sends } = writerOf();
    writer.add(message('a', Object.fromEntries([['__proto__', 'x']])), 0);
    writer.send();
    await settle();
    expect(Object.entries(sends[0]?.messages[0]?.headers ?? {})).toEqual([['__proto__', 'x']]);
  });

  test('names its partition in every message', async () => {
    const { writer, sends } = writerOf();
    writer.add(message(null), 0);
    writer.send();
    await settle();
    expect(sends[0]).toMatchObject({ topic: 'out', acks: -1, messages: [{ key: null, value: null, timestamp: '7', partition: 3 }] });
  });

  test('sends nothing of what was dropped', async () => {
    const { writer, sends, written } = writerOf();
    writer.add(message('a'), 0);
    writer.send();
    writer.add(message('b'), 1);
    writer.drop();
    await sends[0]?.acknowledge();
    writer.send();
    expect(sends).toHaveLength(1);
    expect(written).toEqual([0]);
  });

  test('begins anew after a drop', async () => {
    const { writer, sends, written } = writerOf();
    writer.add(message(new Uint8Array(800_000)), 0);
    writer.drop();
    expect(writer.add(message(new Uint8Array(200_000)), 1)).toBe(false);
    writer.send();
    await sends[0]?.acknowledge();
    expect(written).toEqual([1]);
  });

  test('tells a refusal with its place, and an answer that is missing as one', async () => {
    for (const answer of ['refuse', 'answer'] as const) {
      const { writer, sends, written, failures } = writerOf();
      writer.add(message('a'), 0);
      writer.send();
      await (answer === 'refuse' ? sends[0]?.refuse(new Error('no')) : sends[0]?.answer([]));
      expect(written).toEqual([]);
      expect(failures).toMatchObject([{ code: 'PRODUCE_FAILED', topic: 'out', partition: 3, retriable: answer === 'answer' }]);
    }
  });
});
