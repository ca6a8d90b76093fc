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
  /** How many partials there are. */
  size = 0;
  readonly #partials: (Map<unknown, Entry> | undefined)[] = [];

  /** Folds a value into its key; gives what the key is compared by. */
  add<V>(slot: number, key: unknown, value: V, folding: Folding<V>): unknown {
    let partial = this.#partials[slot];
    if (!partial) this.#partials[slot] = partial = new Map();
    const identity = keyIdentity(key);
    const entry = partial.get(identity);
    if (entry) entry.value = folding.fold(entry.value, value);
    else {
      partial.set(identity, { key, value: folding.first(value) });
      this.size++;
    }
    return identity;
  }

  has(identity: unknown): boolean {
    return this.#partials.some((partial) => partial?.has(identity));
  }

  *keys(): Generator<readonly [identity: unknown, key: unknown], void, void> {
    for (const partial of this.#partials) for (const [identity, { key }] of partial ?? []) yield [identity, key];
  }

  *states(): Generator<unknown, void, void> {
    for (const partial of this.#partials) for (const { value } of partial?.values() ?? []) yield value;
  }

  /** The merged entry of a key as it stands; what was folded stays as it is. */
  current(identity: unknown, { merge }: Pick<Folding, 'merge'>): Entry | undefined {
    let merged: Entry | undefined;
    for (const partial of this.#partials) {
      const entry = partial?.get(identity);
      if (entry) merged = { key: merged?.key ?? entry.key, value: merged ? merge(merged.value, entry.value) : entry.value };
    }
    return merged;
  }

  /** The merged entries, ordered by each key's first record in order of partition and offset. Call it once: it empties the contents as it goes. */
  *results(folding: Pick<Folding, 'merge'>): Generator<Entry, void, void> {
    const partials = this.#partials.filter((partial) => partial !== undefined);
    this.#partials.length = 0;
    for (const [index, partial] of partials.entries()) {
      const laterOnes = partials.slice(index + 1);
      for (const [identity, { key, value }] of partial) {
        let merged = value;
        for (const later of laterOnes) {
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
