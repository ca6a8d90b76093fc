import { map, tap, throwError } from 'rxjs';
import { expect, test } from 'vitest';
import { ack } from '../../src/operators/ack';
import { openSideOutput } from '../../src/operators/sideOutput';
import type { KafkaRecord } from '../../src/records';
import { Topic } from './source';

test('what comes out of a side output is released, what does not is not', () => {
  const topic = new Topic();
  const [first, second] = topic.records(1, 2);
  const side = openSideOutput<KafkaRecord<string, number>>(
    (records$) => records$.pipe(tap(({ value }) => value)),
    () => undefined,
  );
  if (first) side.next(first);
  expect(topic.committable()).toBe(1);
  side.close();
  if (second) side.next(second);
  expect(topic.committable()).toBe(1);
});

test('a record that the side pipeline acked itself, or turned into something else, does no harm', () => {
  const topic = new Topic();
  const [first, second] = topic.records(1, 2);
  const acking = openSideOutput<KafkaRecord<string, number>>(
    (records$) => records$.pipe(ack()),
    () => undefined,
  );
  if (first) acking.next(first);
  expect(topic.committable()).toBe(1);
  const counting = openSideOutput<KafkaRecord<string, number>>(
    (records$) =>
      records$.pipe(
        ack(),
        map(() => null),
      ),
    () => undefined,
  );
  if (second) counting.next(second);
  expect(topic.committable()).toBe(2);
});

test('its failure is told', () => {
  const failures: unknown[] = [];
  openSideOutput(
    () => throwError(() => new Error('full')),
    (error) => failures.push(error),
  );
  expect(failures).toEqual([new Error('full')]);
});
