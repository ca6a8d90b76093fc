import { expect, test } from 'vitest';
import { snippetsOf } from './snippets';

test('blocks of TypeScript are found, with the file that they are said to be, and others are not', () => {
  const page = [
    '# A page',
    '```ts a.ts',
    'const a = 1;',
    '```',
    '```text',
    'no code',
    '```',
    '```ts',
    'b();',
    'c();',
    '```',
    '```tsx',
    'no',
    '```',
  ];
  expect(snippetsOf(page.join('\n'))).toEqual([
    { file: 'a.ts', line: 2, code: 'const a = 1;' },
    { file: 'line8.ts', line: 8, code: 'b();\nc();' },
  ]);
});
