import { filter } from 'rxjs';
import { describe, expect, test } from 'vitest';
import {
  commitOffsets,
  countByKey,
  fromTopic,
  type FromTopicOptions,
  global,
  type KafkaClient,
  reduceByWindow,
  session,
  text,
  tumbling,
} from '../../src/index';
import { FakeKafka } from '../../src/testing/index';
import { Clock } from './clock';
import { outcomeOf, Reading } from './reading';

const minute = 60_000;
const hour = 60 * minute;
const tooLong = (...words: string[]) => [
  { code: 'REPLAY_TOO_LONG', message: expect.stringMatching(words.map((word) => word.replace(/[[\]()]/g, '\\$&')).join('.*')) as string },
];

describe('L11: a replay is bounded', () => {
  test('by maxReplay, with the session that holds it and its key', async () => {
    const reading = new Reading(3);
    const seen = outcomeOf(reading.lines$({ maxReplay: 100 }).pipe(countByKey({ window: session({ gap: '1h' }) }), commitOffsets()));
    await reading.time.pass(10_000);
    expect(seen.errors).toEqual([]);
    reading.append(200);
    await reading.time.pass(10_000);
    expect(seen.errors).toMatchObject(tooLong('203 records from t[0]@0', 'the open window [0, 3600199) of the key "k" of countByKey'));
    expect(seen.errors).toMatchObject([{ topic: 't', partition: 0, offset: 0, groupId: 'g' }]);
    expect([reading.committed(), reading.kafka.members('g')]).toEqual([[0], []]);
  });

  test('by maxReplay, with the window over everything of a source that goes on, and what to do about it', async () => {
    const reading = new Reading(200);
    const { errors } = outcomeOf(
      reading.lines$({ maxReplay: 100 }).pipe(
        reduceByWindow((line) => line, { window: global() }),
        commitOffsets(),
      ),
    );
    await reading.time.pass(10_000);
    expect(errors).toMatchObject(tooLong('the window over everything of reduceByWindow', "until: 'latest'"));
  });

  test('by maxReplay, with a record that was swallowed', async () => {
    const reading = new Reading(200);
    const { errors } = outcomeOf(
      reading.lines$({ maxReplay: 100 }).pipe(
        filter(({ offset }) => offset !== 7),
        commitOffsets(),
      ),
    );
    await reading.time.pass(10_000);
    expect(errors).toMatchObject(tooLong('193 records from t[0]@7', 'the un-released record t[0]@7', 'filterRecords'));
    expect(reading.committed()).toEqual([7]);
  });

  test('not where windows come and go', async () => {
    const reading = new Reading(2_000);
    const seen = outcomeOf(reading.lines$({ maxReplay: 100 }).pipe(countByKey({ window: tumbling(50) }), commitOffsets()));
    await reading.time.pass(10_000);
    expect([seen.errors, seen.values.length]).toEqual([[], 39]);
  });

  test('not in a bounded read of any length, unless it is told', async () => {
    const reading = new Reading(5_000);
    const seen = outcomeOf(reading.lines$({ until: 'latest' }).pipe(countByKey({ window: tumbling('1d') }), commitOffsets({ count: 100 })));
    await reading.time.pass(10_000);
    expect([seen.errors, seen.completed]).toEqual([[], true]);
  });

  test('not once everything has been read, and only a slow sink is waited for', async () => {
    const reading = new Reading(150);
    const seen = outcomeOf(reading.lines$({ until: 'latest', maxReplay: 100 }).pipe(reading.slowly(100), commitOffsets({ every: '1s' })));
    await reading.time.pass(20_000);
    expect([seen.errors, seen.completed, reading.committed()]).toEqual([[], true, [150]]);
  });
});

/** A group that counts the records of a topic that keeps them for twenty minutes, in windows of a day; the first of them came now. */
function counting(cleanup = 'delete', options: Partial<FromTopicOptions<KafkaClient, string, string>> = {}) {
  const time = new Clock();
  const kafka = new FakeKafka({ scheduler: time });
  kafka.createTopic('t', { config: { 'retention.ms': String(20 * minute), 'cleanup.policy': cleanup } });
  const append = () => kafka.append('t', [{ key: 'k', value: 'line', timestamp: time.now() }]);
  append();
  const start = (client: KafkaClient = kafka) =>
    outcomeOf(
      fromTopic<KafkaClient, string, string>(client, 't', {
        groupId: 'g',
        key: text,
        value: text,
        scheduler: time,
        consumer: { maxWaitTimeInMs: 5_000 },
        ...options,
      }).pipe(countByKey({ window: tumbling('1d') }), commitOffsets()),
    );
  return { time, kafka, append, start };
}

describe('L11: no record is held until retention may delete it', () => {
  test('but for half of that time', async () => {
    const { time, append, start } = counting();
    const { errors } = start();
    await time.pass(5 * minute);
    append();
    await time.pass(4.9 * minute);
    expect(errors).toEqual([]);
    await time.pass(0.3 * minute);
    expect(errors).toMatchObject(
      tooLong('t[0]@0 was read 60', 'keeps records for 1200000 ms', 'the open window [0, 86400000) of countByKey', 'maxReplay: Infinity'),
    );
  });

  test.each([
    ['compact', {}],
    ['delete', { maxReplay: Infinity }],
  ] as const)('which does not matter with cleanup.policy %s and %j', async (cleanup, options) => {
    const { time, start } = counting(cleanup, options);
    const { errors } = start();
    await time.pass(30 * minute);
    expect(errors).toEqual([]);
  });

  test('which is not known where the user may not describe the topic, or the client cannot', async () => {
    const { time, kafka, start } = counting();
    kafka.inject({ on: 'describeConfigs', times: Infinity, then: { error: 'TOPIC_AUTHORIZATION_FAILED' } });
    const { errors } = start();
    await time.pass(30 * minute);
    expect(errors).toEqual([]);
    const other = counting();
    const { consumer, producer, admin } = other.kafka;
    const client: KafkaClient = {
      consumer: consumer.bind(other.kafka),
      producer: producer.bind(other.kafka),
      admin: () => Object.assign(admin.call(other.kafka), { describeConfigs: undefined }),
    };
    const seen = other.start(client);
    await other.time.pass(30 * minute);
    expect(seen.errors).toEqual([]);
  });

  test('which is counted from when it was read: old records may be read at any time', async () => {
    const { time, append, start } = counting();
    for (let i = 0; i < 50; i++) {
      await time.pass(hour);
      append();
    }
    const seen = start();
    await time.pass(5 * minute);
    expect([seen.errors, seen.values.map(({ value }) => value)]).toEqual([[], [24, 24]]);
    await time.pass(5.2 * minute);
    expect(seen.errors).toMatchObject(tooLong('t[0]@48 was read 60'));
  });
});
