import { mergeMap, Subject, takeUntil, windowTime } from 'rxjs';
import { describe, expect } from 'vitest';
import { commitOffsets, type KafkaClient, reduceByKey, tapRecords, text, toTopic } from '../../../src/index';
import { bothKeys, disorder, inTurn, kindNamed, lateVisits, midnight, results, shown, visited, visits } from '../../pipeline/windowKinds';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { groupMembers } from './groupMembers';
import { all, committedOffsets, contents, quick, readKeyed, write } from './pipelines';

describe.each(brokers)('records and results out of their time on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  for (const kind of ['tumbling', 'session', 'sliding'].map(kindNamed)) {
    for (const keys of bothKeys) {
      behaviour(`L5: each record that is late for ${kind.name} windows goes to a topic of its own once, with ${keys}`, async (trial) => {
        const [topic, lateTopic, kafka] = [await trial.topic(3), await trial.topic(1), trial.broker.kafka()];
        const written = visits(120, [0, 1, 2], midnight + 160);
        await write(trial, topic, written);
        const { outOfOrderness } = disorder;
        const read = (atEnd: 'hold' | 'close') =>
          all(
            readKeyed(trial, topic, { until: 'latest', atEnd, outOfOrderness, maxInFlight: 20 }, kafka).pipe(
              visited(kind, keys, { late: (late$) => late$.pipe(toTopic(kafka, lateTopic, { key: text, value: text })) }),
              commitOffsets(),
            ),
          );
        // The second run reads again what is in the windows that the first has left open.
        const given = [...(await read('hold')), ...(await read('close'))];
        expect(inTurn(given.map(shown), keys, String)).toEqual(results(written, kind, keys));
        expect(await committedOffsets(trial, topic)).toEqual([120, 120, 120]);
        const late = lateVisits(written, kind, keys);
        expect(late.length).toBeGreaterThan(5);
        expect((await contents(trial, lateTopic)).map(({ value, timestamp }) => `${value} ${timestamp}`).sort()).toEqual(late.sort());
      });
    }
  }

  for (const keys of bothKeys) {
    behaviour(
      `with emit: onUpdate each record tells what its window came to so far, and the last word is right, with ${keys}`,
      async (trial) => {
        const [topic, out, kafka] = [await trial.topic(2), await trial.topic(1), trial.broker.kafka()];
        const kind = kindNamed('tumbling');
        const written = visits(60, [0, 1], midnight - 20);
        await write(trial, topic, written);
        const given = await all(
          readKeyed(trial, topic, { until: 'latest', outOfOrderness: disorder.outOfOrderness, maxInFlight: 20 }, kafka).pipe(
            visited(kind, keys, { emit: 'onUpdate' }),
            toTopic(kafka, out, { key: text, value: text }),
            commitOffsets(),
          ),
        );
        expect((await contents(trial, out)).map(({ value }) => value)).toEqual(given.map(({ value }) => value));
        const finals = given.filter(({ final }) => final);
        expect(inTurn(finals.map(shown), keys, String)).toEqual(results(written, kind, keys));
        for (const { key, window, value } of finals) {
          const told = given.filter((one) => one.key === key && one.window.end === window.end).map((one) => one.value.split(' '));
          // One more with each record, and then the same once more.
          const sizes = Array.from(value.split(' '), (_, index) => index + 1);
          expect(told.map(({ length }) => length)).toEqual([...sizes, sizes.length]);
          told.slice(1).forEach((ids, index) => expect(ids).toEqual(expect.arrayContaining(told[index] ?? [])));
        }
        expect(given.map(({ final }) => final).lastIndexOf(false)).toBeGreaterThan(0);
        expect(await committedOffsets(trial, topic)).toEqual([60, 60]);
      },
    );
  }

  behaviour("L1: what is counted in RxJS' own windows is committed to the end, and nothing is lost in a crash", async (trial) => {
    const [topic, out] = [await trial.topic(2), await trial.topic(1)];
    const written = visits(300, [0, 1], midnight);
    await write(trial, topic, written.slice(0, 400));
    const doomed = trial.broker.kafka();
    let read = 0;
    const pipeline = (kafka: KafkaClient, until?: 'latest') =>
      readKeyed(trial, topic, { until, consumer: { ...quick, sessionTimeout: 1_500 } }, kafka).pipe(
        tapRecords(() => read++),
        windowTime(80),
        mergeMap((visits$) => visits$.pipe(reduceByKey((a, b) => `${a} ${b}`))),
        toTopic(kafka, out, { key: text, value: text }),
        commitOffsets({ every: '5ms' }),
      );
    const stop = new Subject<void>();
    pipeline(doomed)
      .pipe(takeUntil(stop))
      .subscribe({ error: () => undefined });
    await eventually(async () => expect(await committedOffsets(trial, topic)).toEqual([200, 200]));
    await write(trial, topic, written.slice(400));
    await eventually(() => expect(read).toBeGreaterThan(400));
    for (const member of await groupMembers(trial)) trial.broker.kill(doomed, member);
    await all(pipeline(trial.broker.kafka(), 'latest'));
    stop.next();
    expect(await committedOffsets(trial, topic)).toEqual([300, 300]);
    const counted = (await contents(trial, out)).flatMap(({ key, value }) => value.split(' ').map((id) => `${key} ${id}`));
    expect(new Set(counted)).toEqual(new Set(written.map(({ key, value }) => `${key} ${value}`)));
    // What was committed before the crash is not counted again.
    for (const { key, value } of written.slice(0, 400)) expect(counted.filter((one) => one === `${key} ${value}`)).toHaveLength(1);
  });
});
