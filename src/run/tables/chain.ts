/** What stands in a chain. */
export interface Link<T> {
  before: T | undefined;
  next: T | undefined;
}

/** A list that is taken from at the front and mostly added to at the back; each costs the same however long it is. */
export class Chain<T extends Link<T>> implements Iterable<T> {
  first: T | undefined;
  last: T | undefined;

  /** Puts `item` after `before`, or first if there is none. */
  insert(item: T, before: T | undefined): void {
    const next = before ? before.next : this.first;
    item.before = before;
    item.next = next;
    if (before) before.next = item;
    else this.first = item;
    if (next) next.before = item;
    else this.last = item;
  }

  /** Leaves nothing behind that leads from `item` to the others, or they would be kept for as long as it is. */
  remove(item: T): void {
    const { before, next } = item;
    if (before) before.next = next;
    else this.first = next;
    if (next) next.before = before;
    else this.last = before;
    item.before = item.next = undefined;
  }

  *[Symbol.iterator](): Generator<T, void, void> {
    for (let item = this.first; item; item = item.next) yield item;
  }
}
