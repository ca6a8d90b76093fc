import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../src/time/heap';

class Item {
  place = 0;
  constructor(public due: number) {}
}

test('the first is at hand, whatever was added, taken out and moved', () => {
  const step = fc.record({ kind: fc.constantFrom('push', 'push', 'shift', 'move'), due: fc.nat(20), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Heap<Item>((a, b) => a.due < b.due);
      const items = new Set<Item>();
      const least = (): number | undefined => [...items].map(({ due }) => due).sort((a, b) => a - b)[0];
      for (const { kind, due, which } of steps) {
        const item = [...items][which % Math.max(1, items.size)];
        if (kind === 'push') {
          const added = new Item(due);
          items.add(added);
          heap.push(added);
        } else if (kind === 'shift') {
          const expected = least();
          const first = heap.shift();
          expect(first?.due).toBe(expected);
          if (first) items.delete(first);
        } else if (item) {
          item.due = due;
          heap.moved(item);
        }
        expect(heap.first?.due).toBe(least());
        expect(new Set(heap)).toEqual(items);
      }
    }),
  );
});
