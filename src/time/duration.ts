import { StreamError } from '../errors';

/** A span of time: a number is milliseconds, text carries its unit. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h` | `${number}d`;

const unit: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration; `name` is the option it was given as, `least` the smallest that makes sense there. */
export function toMillis(duration: Duration, name: string, least = 0): number {
  const [, amount, suffix] = /^(-?[\d.]+(?:e-?\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const millis = typeof duration === 'number' ? duration : Number(amount) * (unit[suffix ?? ''] ?? NaN);
  if (Number.isFinite(millis) && millis >= least) return millis;
  const bound = least > 0 ? 'greater than 0' : 'not negative';
  throw new StreamError(
    'INVALID_OPTION',
    `${name} is ${JSON.stringify(duration)}: write a number of milliseconds, or text such as '250ms', '30s', '5m', '1h' or '1d'; it must be ${bound}`,
  );
}
