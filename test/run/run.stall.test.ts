import { concatMap, delay, filter, mergeMap, NEVER, of } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { commitOffsets, countByKey, keyBy, text, toTopic, tumbling } from '../../src/index';
import { outcomeOf, Reading } from './reading';

const stallAfter = 400;

describe('L3: a stall is found', () => {
  test.each([
    ['records', { maxInFlight: 2 }],
    ['bytes', { maxInFlightBytes: 8 }],
  ])('where no credit of %s is left, with the oldest record that is out', async (_, credit) => {
    const reading = new Reading(9);
    const { errors } = outcomeOf(
      reading.lines$({ stallAfter, ...credit }).pipe(
        filter(({ offset }) => offset < 3),
        commitOffsets(),
      ),
    );
    await reading.time.pass(1_000);
    expect(errors).toMatchObject([{ code: 'STALLED', topic: 't', partition: 0, offset: 3, groupId: 'g' }]);
  });

  test('where the sink takes no results of a window', async () => {
    const reading = new Reading(30);
    const { errors } = outcomeOf(
      reading.lines$({ stallAfter, maxInFlight: 2 }).pipe(
        keyBy((_, { offset }) => offset),
        countByKey({ window: tumbling(10) }),
        concatMap(() => NEVER),
        commitOffsets(),
      ),
    );
    await reading.time.pass(2_000);
    expect(errors).toMatchObject([
      { code: 'STALLED', message: expect.stringContaining('what is not released is the result of countByKey for [0, 10).') as string },
    ]);
  });

  test('after the end of a bounded read, whose subscriber waits for the last commit', async () => {
    const reading = new Reading(3);
    const { errors } = outcomeOf(
      reading.lines$({ stallAfter, until: 'latest' }).pipe(
        filter(({ offset }) => offset !== 1),
        commitOffsets(),
      ),
    );
    await reading.time.pass(2_000);
    expect(errors).toMatchObject([{ code: 'STALLED', offset: 1 }]);
    expect(reading.kafka.members('g')).toEqual([]);
  });
});

describe('it is no stall', () => {
  test('that a sink is slow, while it gets on', async () => {
    const reading = new Reading(12);
    const seen = outcomeOf(reading.lines$({ maxInFlight: 1, stallAfter, until: 'latest' }).pipe(reading.slowly(300), commitOffsets()));
    await reading.time.pass(10_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(seen.values).toHaveLength(12);
  });

  test('that a topic is silent', async () => {
    const reading = new Reading(3);
    const { errors } = outcomeOf(reading.lines$({ stallAfter }).pipe(commitOffsets()));
    await reading.time.pass(20_000);
    expect(errors).toEqual([]);
  });

  test('that a record or two are long on their way, while there is credit', async () => {
    const reading = new Reading(3);
    const { errors } = outcomeOf(
      reading.lines$({ stallAfter, maxInFlight: 4 }).pipe(
        mergeMap((line) => of(line).pipe(delay(5_000, reading.time))),
        commitOffsets(),
      ),
    );
    await reading.time.pass(20_000);
    expect(errors).toEqual([]);
  });

  test('that a broker is slow to take what toTopic writes', async () => {
    const reading = new Reading(3);
    reading.kafka.createTopic('out');
    const client = reading.tampered({
      producer: (producer) => {
        const send = producer.send.bind(producer);
        return { send: (record) => new Promise((resolve) => void reading.time.schedule(() => resolve(send(record)), 5_000)) };
      },
    });
    const seen = outcomeOf(
      reading
        .lines$({ stallAfter, maxInFlight: 1, until: 'latest' })
        .pipe(toTopic(client, 'out', { key: text, value: text, scheduler: reading.time }), commitOffsets()),
    );
    await reading.time.pass(30_000);
    expect(seen).toMatchObject({ completed: true, errors: [] });
    expect(reading.kafka.records('out')).toHaveLength(3);
  });
});
