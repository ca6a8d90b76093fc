import { expect, test } from 'vitest';
import { Chain, type Link } from '../../../src/run/tables/chain';

class Item implements Link<Item> {
  before: Item | undefined;
  next: Item | undefined;
  constructor(readonly name: string) {}
}

const namesOf = (chain: Chain<Item>): string[] => [...chain].map(({ name }) => name);

function backwards(chain: Chain<Item>): string[] {
  const names = [];
  for (let item = chain.last; item; item = item.before) names.push(item.name);
  return names;
}

test('items are put where they belong and taken out from anywhere', () => {
  const chain = new Chain<Item>();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Item(name)) as [Item, Item, Item, Item];
  chain.insert(b, undefined);
  chain.insert(d, b);
  chain.insert(c, b);
  chain.insert(a, undefined);
  expect([namesOf(chain), backwards(chain)]).toEqual([
    ['a', 'b', 'c', 'd'],
    ['d', 'c', 'b', 'a'],
  ]);
  for (const item of [b, d, a]) chain.remove(item);
  expect([namesOf(chain), backwards(chain)]).toEqual([['c'], ['c']]);
  chain.remove(c);
  expect([chain.first, chain.last]).toEqual([undefined, undefined]);
});

test('what was taken out leads to nothing that is still there', () => {
  const chain = new Chain<Item>();
  const [a, b] = [new Item('a'), new Item('b')];
  chain.insert(a, undefined);
  chain.insert(b, a);
  chain.remove(a);
  expect([a.before, a.next, b.before]).toEqual([undefined, undefined, undefined]);
});
