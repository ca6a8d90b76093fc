import { mergeMap, type MonoTypeOperatorFunction, Subject, takeUntil } from 'rxjs';
import { describe, expect } from 'vitest';
import { commitOffsets, type KafkaRecord } from '../../../src/index';
import {
  bothKeys,
  disorder,
  inTurn,
  kindNamed,
  type Keys,
  midnight,
  results,
  shown,
  visited,
  visits,
  type WindowKind,
  windowKinds,
} from '../../pipeline/windowKinds';
import { behaviourOf, eventually } from '../behaviours/behaviour';
import { brokers } from '../behaviours/brokers';
import { Trial } from '../behaviours/trial';
import { writer } from '../behaviours/writer';
import { committedOffsets, readKeyed, write } from './pipelines';

const tumbling = kindNamed('tumbling');

describe.each(brokers)('windows of a topic that nobody writes to any more, on $name', (broker) => {
  const behaviour = behaviourOf(broker);

  for (const kind of windowKinds) {
    for (const keys of bothKeys) {
      behaviour(`L6: ${kind.name} windows close, with ${keys} and a partition that has nothing`, async (trial) => {
        const topic = await trial.topic(3);
        const written = visits(40, [0, 2], midnight - 20);
        await write(trial, topic, written);
        const { given, stop } = watch(trial, topic, kind, keys);
        await eventually(() => expect(inTurn(given, keys, String)).toEqual(results(written, kind, keys)));
        await eventually(async () => expect(await committedOffsets(trial, topic)).toEqual([40, 0, 40]));
        stop();
      });
    }
  }

  for (const keys of bothKeys) {
    behaviour(`L6: windows close up to where a transaction was left open, with ${keys}`, async (trial) => {
      const topic = await trial.topic(2);
      const written = visits(40, [0, 1], midnight - 20);
      await write(trial, topic, written);
      const { producer } = await writer(trial);
      const transaction = await producer.transaction();
      const unseen = { key: 'a0', value: '0@40', timestamp: midnight + 1_000, partition: 0 };
      await transaction.send({ topic, messages: [{ ...unseen, timestamp: String(unseen.timestamp) }] });
      // The topic goes on behind it, where nobody who reads what is committed can see it.
      await write(trial, topic, [{ ...unseen, value: '0@41' }]);
      const { given, stop } = watch(trial, topic, tumbling, keys);
      await eventually(() => expect(inTurn(given, keys, String)).toEqual(results(written, tumbling, keys)));
      await eventually(async () => expect(await committedOffsets(trial, topic)).toEqual([40, 40]));
      await transaction.commit();
      const all = [...written, unseen, { ...unseen, value: '0@41' }];
      await eventually(() => expect(inTurn(given, keys, String)).toEqual(results(all, tumbling, keys)));
      stop();
    });
  }

  for (const [where, maxInFlight] of [
    ['is far behind', 5],
    ['has been read, but is still on its way,', 100],
  ] as const) {
    behaviour(`L6: a partition that ${where} holds the windows that merge over it, and no others`, async (trial) => {
      const topic = await trial.topic(2);
      const written = visits(60, [0, 1], midnight - 20);
      await write(trial, topic, written);
      const gate = trial.gate();
      // Of partition 1 no more is read than what waits at the gate.
      const behind = mergeMap(async (visit: Visited) => {
        if (visit.partition === 1) await gate.opened;
        return visit;
      });
      const [merged, single] = [
        watch(trial, topic, tumbling, 'keys over all partitions', { maxInFlight }, behind),
        watch(new Trial(trial.broker), topic, tumbling, 'keys of the topic', { maxInFlight }, behind),
      ];
      const truth = results(written, tumbling, 'keys of the topic');
      // The other partition is at its end and idle by now, or its last windows would not have closed.
      await eventually(() => expect(single.given).toEqual(truth.filter((result) => result.startsWith('0', 1))));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(merged.given).toEqual([]);
      gate.open();
      await eventually(() => expect(inTurn(single.given, 'keys of the topic', String)).toEqual(truth));
      await eventually(() => expect(merged.given).toEqual(results(written, tumbling, 'keys over all partitions')));
      single.stop();
      merged.stop();
    });
  }
});

type Visited = KafkaRecord<string, string>;

/** What a pipeline that goes on reading has given by now; `before` stands in front of its windows. */
function watch(
  trial: Trial,
  topic: string,
  kind: WindowKind,
  keys: Keys,
  options: { readonly maxInFlight?: number } = {},
  before: MonoTypeOperatorFunction<Visited> = (visits$) => visits$,
) {
  const stop = new Subject<void>();
  const given: string[] = [];
  readKeyed(trial, topic, { idleAfter: '150ms', outOfOrderness: disorder.outOfOrderness, ...options })
    .pipe(before, visited(kind, keys), commitOffsets({ every: '20ms' }), takeUntil(stop))
    .subscribe({ next: (result) => given.push(shown(result)), error: (error: unknown) => given.push(String(error)) });
  return { given, stop: () => stop.next() };
}
