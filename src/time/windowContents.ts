import type { Folding } from './folding';
import { keyIdentity } from './keyIdentity';

/** A key with what its values came to so far. */
export interface Entry {
  readonly key: unknown;
  value: unknown;
}

/**
 * What the records of one window came to, per key and per source partition.
 *
 * Partials stay per partition until the window closes and are then merged in partition order, so that the result does not depend on which partition was
 * read faster. A value is kept in a box: adding to a key that is there costs one look-up.
 */
export class WindowContents {
  readonly #partials: (Map<unknown, Entry> | undefined)[] = [];

  add<V>(slot: number, key: unknown, value: V, folding: Folding<V>): void {
    let partial = this.#partials[slot];
    if (!partial) this.#partials[slot] = partial = new Map();
    const identity = keyIdentity(key);
    const entry = partial.get(identity);
    if (entry) entry.value = folding.fold(entry.value, value);
    else partial.set(identity, { key, value: folding.first(value) });
  }

  /** A key that `other` has too, if there is one among the first `most` of the keys here. */
  commonKey(other: WindowContents, most: number): { readonly key: unknown } | undefined {
    let left = most;
    for (const partial of this.#partials) {
      for (const [identity, { key }] of partial ?? []) {
        if (left-- <= 0) return undefined;
        if (other.#partials.some((theirs) => theirs?.has(identity))) return { key };
      }
    }
    return undefined;
  }

  /** The merged entries, ordered by each key's first record in order of partition and offset. Call it once: it empties the contents as it goes. */
  *results(folding: Pick<Folding, 'merge'>): Generator<Entry, void, void> {
    const partials = this.#partials.filter((partial) => partial !== undefined);
    this.#partials.length = 0;
    for (const [index, partial] of partials.entries()) {
      for (const [identity, { key, value }] of partial) {
        let merged = value;
        for (const later of partials.slice(index + 1)) {
          const entry = later.get(identity);
          if (!entry) continue;
          merged = folding.merge(merged, entry.value);
          later.delete(identity);
        }
        yield { key, value: merged };
      }
      partial.clear();
    }
  }
}
