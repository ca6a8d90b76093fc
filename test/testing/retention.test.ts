import { FakeKafka } from 'millrace/testing';
import { expect, test } from 'vitest';
import { Clock } from '../run/clock';
import { textOf } from './reader';

const valuesOf = (kafka: FakeKafka, topic: string) => kafka.records(topic).map(({ offset, value }) => `${offset}:${textOf(value)}`);
const invalid = (message: string): unknown =>
  expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) as string });

test('records before a place are deleted, and the others keep their offsets', () => {
  const kafka = new FakeKafka();
  kafka.append(
    't',
    ['a', 'b', 'c'].map((value) => ({ value })),
  );
  kafka.deleteBefore({ topic: 't', partition: 0, offset: 1 });
  expect(valuesOf(kafka, 't')).toEqual(['1:b', '2:c']);
  kafka.deleteBefore({ topic: 't', partition: 0, offset: 3 });
  expect(valuesOf(kafka, 't')).toEqual([]);
  expect(kafka.append('t', [{ value: 'd' }])).toEqual([{ topic: 't', partition: 0, offset: 3 }]);
});

test.for([
  [{ topic: 'u', partition: 0, offset: 0 }, 'u[0]@0 cannot be deleted up to: there is no such partition'],
  [{ topic: 't', partition: 1, offset: 0 }, 't[1]@0 cannot be deleted up to: there is no such partition'],
  [{ topic: 't', partition: 0, offset: 2 }, 't[0]@2 cannot be deleted up to: it ends at 1'],
  [{ topic: 't', partition: 0, offset: -1 }, 'it ends at 1'],
  [{ topic: 't', partition: 0, offset: 0.5 }, 'it ends at 1'],
] as const)('nothing is deleted before %j', ([place, message]) => {
  const kafka = new FakeKafka();
  kafka.append('t', [{ value: 'a' }]);
  expect(() => kafka.deleteBefore(place)).toThrow(invalid(message));
  expect(valuesOf(kafka, 't')).toEqual(['0:a']);
});

test('retention deletes by the clock what the topic does not keep', async () => {
  const scheduler = new Clock();
  const kafka = new FakeKafka({ scheduler });
  kafka.createTopic('t', { config: { 'retention.ms': '100' } });
  kafka.append('t', [
    { value: 'a', timestamp: 0 },
    { value: 'b', timestamp: 50 },
  ]);
  await scheduler.pass(100);
  kafka.applyRetention('t');
  expect(valuesOf(kafka, 't')).toEqual(['0:a', '1:b']);
  await scheduler.pass(1);
  kafka.applyRetention('t');
  expect(valuesOf(kafka, 't')).toEqual(['1:b']);
  expect(() => kafka.applyRetention('u')).toThrow(invalid('there is no topic "u"'));
});

test('compaction leaves the last of each key, of a topic that was made for it', () => {
  const kafka = new FakeKafka();
  kafka.createTopic('t', { config: { 'cleanup.policy': 'compact' } });
  kafka.append('t', [
    { key: 'a', value: '1' },
    { key: 'b', value: '1' },
    { key: 'a', value: null },
    { key: 'c', value: '1' },
  ]);
  kafka.compact('t');
  expect(valuesOf(kafka, 't')).toEqual(['1:1', '2:null', '3:1']);
  kafka.compact('t', { deleteTombstones: true });
  expect(valuesOf(kafka, 't')).toEqual(['1:1', '3:1']);
  kafka.createTopic('plain');
  expect(() => kafka.compact('plain')).toThrow(invalid('plain is not compacted'));
  expect(() => kafka.compact('u')).toThrow(invalid('there is no topic "u"'));
});

test('a topic with settings that Kafka does not take is not made', () => {
  const kafka = new FakeKafka();
  expect(() => kafka.createTopic('t', { config: { 'cleanup.policy': 'none' } })).toThrow(
    expect.objectContaining({ type: 'INVALID_CONFIG' }),
  );
  expect(kafka.records('t')).toEqual([]);
  kafka.createTopic('t');
});
