import { StreamError } from '../errors';
import { type Duration, toMillis } from './duration';

/**
 * Milliseconds of a duration that must be whole: the edges of windows that overlap have to meet exactly, which fractions do not (0.1 + 0.2 is not 0.3).
 */
export function wholeMillis(duration: Duration, name: string, least = 0): number {
  const millis = toMillis(duration, name, least);
  if (Number.isSafeInteger(millis)) return millis;
  throw new StreamError('INVALID_OPTION', `${name} is ${JSON.stringify(duration)}: it must be a whole number of milliseconds`);
}
