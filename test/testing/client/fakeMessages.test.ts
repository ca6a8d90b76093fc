import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import type { RecordHeaders } from '../../../src/records';
import { asBytes, messageOf, type OutgoingMessage, writtenBytes } from '../../../src/testing/client/fakeMessages';
import { kafkajsSource } from '../kafkajsSource';

test('bytes that are appended are kept and not copied', () => {
  const kafka = new FakeKafka();
  const value = new Uint8Array([1, 2, 3]);
  kafka.append('t', [{ value }]);
  expect(kafka.records('t')[0]?.value?.buffer).toBe(value.buffer);
});

const encode = kafkajsSource('protocol/recordBatch/record/v0') as (message: OutgoingMessage) => { readonly buffer: Uint8Array };
const decode = kafkajsSource('protocol/recordBatch/record/v0/decoder') as (decoder: object, context: object) => OutgoingMessage;
const Decoder = kafkajsSource('protocol/decoder') as new (bytes: Uint8Array) => { readVarInt(): number };

test.for<OutgoingMessage>([
  { key: 'key', value: 'wörth' },
  { key: Buffer.from([0, 255]), value: Buffer.from([1, 2]) },
  { value: null },
  { key: '', value: '' },
  { value: 'x', headers: { one: 'x', bytes: Buffer.from([255]), two: ['y', Buffer.from('z')], single: ['s'], none: [] } },
])('a message is kept as kafkajs writes and reads it: %j', (message) => {
  const { key, value, headers } = messageOf(message, '0', writtenBytes);
  const decoder = new Decoder(encode(message).buffer);
  decoder.readVarInt(); // the length of what follows
  const theirs = decode(decoder, { firstOffset: '0', firstTimestamp: '0', magicByte: 2 });
  expect({ key, value, headers }).toEqual({ key: theirs.key, value: theirs.value, headers: theirs.headers });
});

test('a message without a timestamp gets the time that it is now', () => {
  const timestampOf = (timestamp: object) => messageOf({ value: null, ...timestamp }, '77', asBytes).timestamp;
  expect([{}, { timestamp: '' }, { timestamp: '0' }, { timestamp: '12' }].map(timestampOf)).toEqual(['77', '77', '0', '12']);
});

test('a header without a value is refused by name', () => {
  const headers = { trace: undefined } as unknown as RecordHeaders;
  expect(() => messageOf({ value: null, headers }, '0', asBytes)).toThrow(
    new TypeError('the header "trace" has no value: kafkajs can write text and bytes'),
  );
});

test('bytes that are no Buffer are written as text, and refused where that is longer than they are', () => {
  expect(writtenBytes(new Uint8Array([7]))).toEqual(Buffer.from('7'));
  for (const bytes of [[10], [1, 2], [1, 2, 3]]) {
    expect(() => writtenBytes(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ type: 'INVALID_RECORD' }));
  }
  const buffer = Buffer.from([1, 2, 3]);
  expect(writtenBytes(buffer)).toBe(buffer);
});
