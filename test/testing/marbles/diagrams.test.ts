import { expect, test } from 'vitest';
import { drawAligned, type Mark } from '../../../src/testing/marbles/diagrams';

/** `3a` is an a in frame 3. */
const marks = (...texts: string[]): Mark[] => texts.map((text) => ({ frame: parseInt(text, 10), sign: text.replace(/^\d+/, '') }));

test('what is in one frame is in one column', () => {
  expect(drawAligned([marks('1a', '4b', '5|'), marks('1a', '5c', '6|')])).toEqual(['-a--b|', '-a---c|']);
});

test('a group takes more columns than frames that a letter has; spaces make up for it', () => {
  expect(drawAligned([marks('0a', '6b'), marks('0a', '0b', '6c')])).toEqual(['a   -----b', '(ab)--   c']);
});

test('a line that has ended stays as it is', () => {
  expect(drawAligned([marks('2|'), marks('2a', '20|')])).toEqual(['--|', '--a 17ms |']);
});

test('a long time without anything is written as one', () => {
  expect(drawAligned([marks('12a', '26b', '3027c')])).toEqual(['------------a 13ms b 3s c']);
});

test('of nothing there is nothing to draw', () => {
  expect(drawAligned([[], []])).toEqual(['', '']);
});
