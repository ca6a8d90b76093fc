import { expect, test } from 'vitest';
import { examplesOf } from './examplesOf';

test('the blocks behind @example are found, of functions, classes and their methods, each once', () => {
  const source = [
    '/**',
    ' * Adds.',
    ' *',
    ' * @example',
    ' * ```ts',
    ' * add(1, 2);',
    ' * ```',
    ' */',
    'export function add(a: number, b: number): number {',
    '  return a + b;',
    '}',
    'export class Sum {',
    '  /**',
    '   * Adds more.',
    '   *',
    '   * ```ts',
    '   * not.anExample();',
    '   * ```',
    '   * @example',
    '   * ```ts',
    '   * sum.add(1);',
    '   * sum.add(2);',
    '   * ```',
    '   */',
    '  add(): void {}',
    '}',
  ];
  expect(examplesOf('a.ts', source.join('\n'))).toEqual([
    { file: 'a.ts', line: 5, code: 'add(1, 2);' },
    { file: 'a.ts', line: 20, code: 'sum.add(1);\nsum.add(2);' },
  ]);
});
