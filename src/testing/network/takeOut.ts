/**
 * Takes an item out of a list that it is in at most once; the others keep their order.
 *
 * For lists that change with every request. A `Set` would make a new table every few changes, and V8's old one, once it has grown old, keeps the new one alive,
 * and all that is in it, until the whole heap is collected.
 */
export function takeOut<T>(list: T[], item: T): void {
  if (list.at(-1) === item) {
    list.pop();
    return;
  }
  const place = list.indexOf(item);
  if (place >= 0) list.splice(place, 1);
}
