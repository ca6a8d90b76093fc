import { TestScheduler } from 'rxjs/testing';
import { StreamError } from '../../errors';
import { differenceOf, type Moment } from './difference';
import { Letters } from './letters';
import { momentsOf } from './moments';
import type { Received } from './received';
import { hasFields, sameValue } from './sameValue';

/** What is expected of the notifications of an Observable. */
export interface ExpectedNotifications {
  readonly what: string;
  readonly marbles: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** What a letter without a value stands for: itself, or nothing, which is a mistake in the test. */
  readonly unnamed: 'itself' | 'mistake';
  readonly error: unknown;
  readonly same?: (expected: unknown, received: unknown) => boolean;
}

/** Reads a diagram; the returned function says what differs between it and what came, undefined where nothing does. */
export function comparedToDiagram(received: readonly Received[], expectation: ExpectedNotifications): () => string | undefined {
  const { what, marbles, values, unnamed, error, same = sameValue } = expectation;
  const expected = momentsOf(marbles).map((moment): Moment => {
    const { sign } = moment;
    if (sign === '|') return moment;
    if (sign === '#') return { ...moment, value: error };
    if (!(sign in values) && unnamed === 'mistake') {
      const known = Object.keys(values).join(', ') || 'none';
      throw new StreamError('INVALID_OPTION', `there is no value for the marble ${sign} of ${what}: the values have ${known}`);
    }
    return { ...moment, value: sign in values ? values[sign] : sign };
  });
  const named = { ...Object.fromEntries(expected.filter(isValue).map(({ sign, value }) => [sign, value])), ...values };
  return () => differenceOf(what, expected, drawn(received, new Letters(named, same)), (one, other) => sameMoment(one, other, same));
}

/** What differs between what came of two Observables that should give the same. */
export function comparedToEachOther(received: readonly Received[], expected: readonly Received[]): string | undefined {
  const letters = new Letters({});
  return differenceOf('the notifications', drawn(expected, letters), drawn(received, letters), (one, other) =>
    sameMoment(one, other, sameValue),
  );
}

/** What differs between diagrams of subscriptions and their logs. */
export function comparedSubscriptions(
  diagrams: readonly string[],
  logs: readonly { readonly subscribedFrame: number; readonly unsubscribedFrame: number }[],
): string | undefined {
  const expected = diagrams
    .map((diagram) => TestScheduler.parseMarblesAsSubscriptions(diagram, true))
    .filter(({ subscribedFrame }) => subscribedFrame !== Infinity);
  for (let index = 0; index < Math.max(expected.length, logs.length); index++) {
    const what = `the subscriptions (number ${index + 1})`;
    const difference = differenceOf(
      what,
      subscription(expected[index]),
      subscription(logs[index]),
      (one, other) => one.sign === other.sign,
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function subscription(log?: { readonly subscribedFrame: number; readonly unsubscribedFrame: number }): Moment[] {
  if (!log) return [];
  const { subscribedFrame, unsubscribedFrame } = log;
  const end = unsubscribedFrame === Infinity ? [] : [{ frame: unsubscribedFrame, sign: '!' }];
  return [{ frame: subscribedFrame, sign: '^' }, ...end];
}

function drawn(received: readonly Received[], letters: Letters): Moment[] {
  return received.map(({ frame, kind, value }) => {
    if (kind === 'C') return { frame, sign: '|' };
    return { frame, sign: kind === 'E' ? '#' : letters.of(value), value };
  });
}

/** An error that is expected as a plain object need only have its fields. */
function sameMoment(one: Moment, other: Moment, same: (expected: unknown, received: unknown) => boolean): boolean {
  if (!isValue(one) || !isValue(other)) return one.sign === other.sign && hasFields(one.value, other.value);
  return same(one.value, other.value);
}

function isValue({ sign }: Moment): boolean {
  return sign !== '|' && sign !== '#';
}
