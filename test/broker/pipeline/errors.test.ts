import { Kafka, logLevel } from 'kafkajs';
import { lastValueFrom, map } from 'rxjs';
import { describe, expect } from 'vitest';
import {
  commitOffsets,
  countByKey,
  fromTopic,
  int32,
  json,
  keyBy,
  mapValues,
  tapRecords,
  text,
  toTopic,
  tumbling,
} from '../../../src/index';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { describeWithKafka, uniqueName } from '../realKafka';
import { all, committedOffsets, contents, read, readKeyed, write } from './pipelines';

const line = (value: string, timestamp = 1) => ({ key: 'k', value, timestamp });

describe.each(brokers)('L10: bad input on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  behaviour('a record that cannot be decoded fails the stream at its place, and is not committed', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('{"n": 1}'), line('{"n":'), line('{"n": 3}')]);
    const seen: unknown[] = [];
    const kafka = trial.broker.kafka();
    const error = await new Promise<unknown>((resolve) =>
      fromTopic(kafka, orders, { groupId: trial.groupId, value: json() })
        .pipe(commitOffsets())
        .subscribe({ next: ({ value }) => seen.push(value), error: resolve }),
    );
    expect(error).toMatchObject({ code: 'DECODE_FAILED', topic: orders, partition: 0, offset: 1 });
    expect((error as Error).message).toContain(`${orders}[0]@1`);
    expect((error as Error).message).toContain('onInvalid');
    expect(seen).toEqual([{ n: 1 }]);
    await eventually(async () => expect(await committedOffsets(trial, orders)).toEqual([1]));
  });

  behaviour("onInvalid: 'skip' goes on without it, and commits past it", async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('1'), line('one'), line('3')]);
    const kafka = trial.broker.kafka();
    const records = await all(
      fromTopic(kafka, orders, { groupId: trial.groupId, value: json(), onInvalid: 'skip', until: 'latest' }).pipe(commitOffsets()),
    );
    expect(records.map(({ value }) => value)).toEqual([1, 3]);
    expect(await committedOffsets(trial, orders)).toEqual([3]);
  });

  behaviour('onInvalid as a function sends it elsewhere, and it is committed when it is there', async (trial) => {
    const [orders, dead] = [await trial.topic(1), await trial.topic(1)];
    await write(trial, orders, [line('1'), line('one'), line('3')]);
    const kafka = trial.broker.kafka();
    const codes: string[] = [];
    const records = await all(
      fromTopic(kafka, orders, {
        groupId: trial.groupId,
        value: json(),
        until: 'latest',
        onInvalid: (records$) =>
          records$.pipe(
            tapRecords((_, { error }) => codes.push(error.code)),
            toTopic(kafka, dead, {}),
          ),
      }).pipe(commitOffsets()),
    );
    expect(records.map(({ value }) => value)).toEqual([1, 3]);
    expect(codes).toEqual(['DECODE_FAILED']);
    expect(await contents(trial, dead)).toEqual([{ key: 'k', value: 'one', timestamp: 1, partition: 0 }]);
    expect(await committedOffsets(trial, orders)).toEqual([3]);
  });

  behaviour('a callback that throws fails the stream with the place of its record, which is not committed', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('1'), line('2'), line('3')]);
    const error = await new Promise<unknown>((resolve) =>
      read(trial, orders)
        .pipe(
          mapValues((value) => {
            if (value === '2') throw new RangeError('no twos');
            return value;
          }),
          commitOffsets(),
        )
        .subscribe({ error: resolve }),
    );
    expect(error).toMatchObject({ code: 'CALLBACK_FAILED', topic: orders, partition: 0, offset: 1, cause: new RangeError('no twos') });
    await eventually(async () => expect(await committedOffsets(trial, orders)).toEqual([1]));
  });

  behaviour('a timestamp that is none is BAD_TIMESTAMP', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('1'), line('x')]);
    await expect(all(read(trial, orders, { timestamp: Number, until: 'latest' }))).rejects.toMatchObject({
      code: 'BAD_TIMESTAMP',
      offset: 1,
    });
  });

  behaviour('a record without a key is NULL_KEY where state is to be kept for it', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('1')]);
    await expect(all(read(trial, orders, { until: 'latest' }).pipe(keyBy(() => null as unknown as string)))).rejects.toMatchObject({
      code: 'NULL_KEY',
    });
  });

  behaviour('a key in the same window of two partitions is an error, and keyBy its remedy', async (trial) => {
    const orders = await trial.topic(2);
    await write(
      trial,
      orders,
      [0, 1].map((partition) => ({ ...line('1'), partition })),
    );
    const window = tumbling('10s');
    const separate = readKeyed(trial, orders, { until: 'latest' }).pipe(countByKey({ window }), commitOffsets());
    const error: unknown = await all(separate).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNSUPPORTED', topic: orders });
    expect(String(error)).toContain('the key "k" is in');
    const merged = readKeyed(trial, orders, { until: 'latest', groupId: uniqueName('merged') }).pipe(
      keyBy((_, { key }) => key),
      countByKey({ window }),
      commitOffsets(),
    );
    expect((await all(merged)).map(({ key, value }) => [key, value])).toEqual([['k', 2]]);
  });

  behaviour('a topic that does not exist is UNKNOWN_TOPIC, for reading and for writing, and is not made', async (trial) => {
    const [missing, orders] = [uniqueName('missing'), await trial.topic(1)];
    await expect(all(read(trial, missing))).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', topic: missing });
    await write(trial, orders, [line('1')]);
    const copied = readKeyed(trial, orders).pipe(toTopic(trial.broker.kafka(), missing, { key: text, value: text }), commitOffsets());
    await expect(all(copied)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', topic: missing });
    expect(await (await trial.admin()).listTopics()).not.toContain(missing);
  });

  behaviour('a value that its codec cannot write is ENCODE_FAILED, and its record is not committed', async (trial) => {
    const [orders, out] = [await trial.topic(1), await trial.topic(1)];
    await write(trial, orders, [line('1'), line('1.5')]);
    const copied = readKeyed(trial, orders).pipe(
      mapValues(Number),
      toTopic(trial.broker.kafka(), out, { key: text, value: int32 }),
      commitOffsets(),
    );
    await expect(all(copied)).rejects.toMatchObject({ code: 'ENCODE_FAILED' });
    await eventually(async () => expect((await committedOffsets(trial, orders))[0]).toBeLessThanOrEqual(1));
  });

  behaviour('an element that was built by hand has NO_SOURCE to ack', async (trial) => {
    const orders = await trial.topic(1);
    await write(trial, orders, [line('1')]);
    const byHand = read(trial, orders).pipe(
      map(({ key, value, timestamp }) => ({ key, value, timestamp, headers: {}, '~provenance': { kind: 'millrace' as const } })),
      commitOffsets(),
    );
    await expect(all(byHand)).rejects.toMatchObject({ code: 'NO_SOURCE' });
  });

  behaviour("from: 'committed' is an error where nothing was committed", async (trial) => {
    const orders = await trial.topic(1);
    await expect(all(read(trial, orders, { from: 'committed', until: 'latest' }))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      topic: orders,
      groupId: trial.groupId,
    });
  });
});

describeWithKafka('L10: no broker', () => {
  const behaviour = behaviourOf(brokers[0] as (typeof brokers)[number]);

  behaviour('is BROKER_UNREACHABLE, and says what to check', async () => {
    const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING, retry: { retries: 1, initialRetryTime: 10 } });
    const reading = lastValueFrom(fromTopic(kafka, 'orders'));
    await expect(reading).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    await expect(reading).rejects.toThrow('is the broker up');
  });
});
