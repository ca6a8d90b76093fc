import { expect, test } from 'vitest';
import { type Modules, runSnippet } from './runSnippet';

const snippet = (file: string, code: string) => ({ file, line: 1, code });

test('a snippet is run with what it imports, and later ones import what it exports', async () => {
  const told: unknown[] = [];
  const modules: Modules = { told: { tell: (what: unknown) => told.push(what) }, vitest: {} };
  await runSnippet(
    snippet('a.ts', "import { tell } from 'told';\nexport const a: number = await Promise.resolve(1);\ntell('ran');"),
    modules,
  );
  await runSnippet(snippet('b.ts', "import { tell } from 'told';\nimport { a } from './a';\ntell(a + 1);"), modules);
  expect(told).toEqual(['ran', 2]);
});

test('the tests that it declares are given, and not run', async () => {
  const code = "import { test } from 'vitest';\ntest('fails', () => { throw new Error('no'); });";
  const [declared] = await runSnippet(snippet('a.ts', code), { vitest: {} });
  expect(declared?.name).toBe('fails');
  expect(() => declared?.run()).toThrow('no');
});

test('an import of something else, or an error in it, is a failure', async () => {
  await expect(runSnippet(snippet('a.ts', "import { x } from 'x';\nx();"), { vitest: {} })).rejects.toThrow(
    'a.ts imports x, which is none of vitest',
  );
  await expect(runSnippet(snippet('a.ts', "throw new Error('no');"), {})).rejects.toThrow('no');
});
