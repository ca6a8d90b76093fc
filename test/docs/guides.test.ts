import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fastCheck from 'fast-check';
import * as millrace from 'millrace';
import * as testing from 'millrace/testing';
import * as rxjs from 'rxjs';
import * as vitest from 'vitest';
import { describe, expect, test } from 'vitest';
import { type Modules, runSnippet } from './runSnippet';
import { snippetsOf } from './snippets';

const folder = join(import.meta.dirname, '../../docs/guides');

const pages = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, snippets: snippetsOf(readFileSync(join(folder, name), 'utf8')) }))
  .filter(({ snippets }) => snippets.length > 0);

test('there is code to run', () => {
  expect(pages.map(({ name }) => name)).toContain('testing.md');
});

describe.each(pages)('the guide $name', async ({ snippets }) => {
  const modules: Modules = { millrace, 'millrace/testing': testing, rxjs, 'fast-check': fastCheck, vitest };

  for (const snippet of snippets) {
    const declared = await runSnippet(snippet, modules);
    if (declared.length === 0) test(`${snippet.file}, line ${snippet.line}, runs`, () => undefined);
    for (const { name: title, run } of declared) test(`${snippet.file}: ${title}`, run);
  }
});
