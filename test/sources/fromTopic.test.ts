import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { fromTopic, isStreamError, text } from '../../src/index';
import { FakeKafka } from '../../src/testing/index';

const wrong: readonly (readonly [string, object])[] = [
  ['maxInFlight', { maxInFlight: 0 }],
  ['maxInFlight', { maxInFlight: NaN }],
  ['maxInFlightBytes', { maxInFlightBytes: -1 }],
  ['outOfOrderness', { outOfOrderness: '2 weeks' }],
  ['idleAfter', { idleAfter: 0 }],
  ['stallAfter', { stallAfter: -1 }],
  ['drainTimeout', { drainTimeout: 'soon' }],
  ['from', { from: 'beginning' }],
  ['from', { from: 'committed' }],
  ['until', { until: 'now' }],
  ['atEnd', { atEnd: 'drop' }],
  ['onChange', { onChange: 'ignore' }],
  ['onInvalid', { onInvalid: 'ignore' }],
  ['groupId', { groupId: '' }],
];

describe('fromTopic', () => {
  test.each(wrong)('refuses a wrong %s at the call: %o', (name, options) => {
    const call = (): unknown => fromTopic(new FakeKafka(), 'lines', options);
    expect(call).toThrow(name);
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test.each([[''], [[]], [['lines', '']], [3]])('refuses the topic %o at the call', (topic) => {
    expect(() => fromTopic(new FakeKafka(), topic as string)).toThrow('the topic of fromTopic');
  });

  test('does nothing until it is subscribed', () => {
    const kafka = new FakeKafka();
    const asked: string[] = [];
    const noting = {
      consumer: () => (asked.push('consumer'), kafka.consumer({ groupId: 'g' })),
      producer: () => kafka.producer(),
      admin: () => kafka.admin(),
    };
    void fromTopic(noting, 'lines');
    expect(asked).toEqual([]);
  });

  test('reads several topics, or all that match, with the place of each record', async () => {
    const kafka = new FakeKafka();
    for (const topic of ['lines-a', 'lines-b', 'others']) kafka.append(topic, [{ value: topic, timestamp: 5 }]);
    for (const topics of [['lines-a', 'lines-b'], /^lines-/]) {
      const records = await lastValueFrom(fromTopic(kafka, topics, { value: text, until: 'latest' }).pipe(toArray()));
      expect(records.map(({ topic, partition, offset, value, timestamp }) => [topic, partition, offset, value, timestamp]).sort()).toEqual([
        ['lines-a', 0, 0, 'lines-a', 5],
        ['lines-b', 0, 0, 'lines-b', 5],
      ]);
    }
  });

  test('without a group it commits nothing, and reads all again the next time', async () => {
    const kafka = new FakeKafka();
    kafka.append('lines', [{ value: 'to be' }]);
    const read = () => lastValueFrom(fromTopic(kafka, 'lines', { value: text, until: 'latest' }).pipe(toArray()));
    expect(await read()).toHaveLength(1);
    expect(await read()).toHaveLength(1);
  });

  test('a header named __proto__ is only a header', async () => {
    const kafka = new FakeKafka();
    const headers = Object.fromEntries([['__proto__', 'x']]);
    kafka.append('lines', [{ value: 'to be', headers }]);
    const { headers: read } = await lastValueFrom(fromTopic(kafka, 'lines', { until: 'latest' }));
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.keys(read)).toEqual(['__proto__']);
  });

  test('an unknown topic is an error that names it', async () => {
    const error: unknown = await lastValueFrom(fromTopic(new FakeKafka(), 'lines')).catch((caught: unknown) => caught);
    expect(isStreamError(error, 'UNKNOWN_TOPIC') && error.topic).toBe('lines');
  });
});
