import type { Plan } from './plan';

/** Whether windows merge over partitions. */
export function isMerged({ shape }: Plan): boolean {
  return shape === 'merged windows' || shape === 'chained and rekeyed';
}

/** The key of a word. Without keyBy a key lives in one partition. */
export function keyIn(plan: Plan, partition: number, word: string): string {
  return isMerged(plan) ? word : `${word}${partition}`;
}

/** What the second windowed operator of a rekeyed chain has for a key. */
export function rekeyed(word: string): string {
  return word === 'a' ? 'a' : 'others';
}
