import { expect, test, vi } from 'vitest';
import type { TestBroker } from './brokers';
import type { Member } from './member';
import { Trial } from './trial';

/** Declares a behaviour of the broker; behaviours of one file are shown at the same time, each with topics and a group of its own. */
export type Behaviour = (sentence: string, show: (trial: Trial) => Promise<void>) => void;

/** Gives the function to declare behaviours of this broker with. */
export function behaviourOf(broker: TestBroker): Behaviour {
  return (sentence, show) => {
    test(sentence, { concurrent: true, skip: !broker.isThere }, async () => {
      const trial = new Trial(broker);
      try {
        await show(trial);
      } finally {
        await trial.close();
      }
    });
  };
}

/** Waits until a check does not throw. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 20 });
}

/** Kafka's name of the error that is the innermost cause, or else the innermost error's own name. */
export function errorType(error: unknown): string {
  const { type, name, cause, errors } = error as { type?: string; name?: string; cause?: unknown; errors?: unknown[] };
  const inner = cause ?? errors?.[0];
  return inner === undefined ? (type ?? name ?? String(error)) : errorType(inner);
}

/** The type of the error that a promise is rejected with. */
export function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'it was not refused', errorType);
}

/** A member whose offset is not there has given it up for the end, and reads what is sent from then on. */
export async function expectGoesOnAtEnd(trial: Trial, member: Member, topic: string): Promise<void> {
  await eventually(async () => expect(await trial.committed(topic)).toEqual([{ partition: 0, offset: '-1', metadata: null }]));
  await eventually(async () => {
    await trial.sendEach(topic, 0, ['later']);
    expect(member.values().length).toBeGreaterThan(0);
  });
  expect(new Set(member.values())).toEqual(new Set(['later']));
}
