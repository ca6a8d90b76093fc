import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as fastCheck from 'fast-check';
import * as kafkajs from 'kafkajs';
import * as millrace from 'millrace';
import * as testing from 'millrace/testing';
import * as rxjs from 'rxjs';
import ts from 'typescript';
import * as vitest from 'vitest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { examplesOf } from './examplesOf';
import { runSnippet } from './runSnippet';

const root = join(import.meta.dirname, '../..');

/** The source files that a file needs to run, itself included. */
function neededBy(file: string, files = new Set<string>()): Set<string> {
  if (files.has(file)) return files;
  files.add(file);
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext } });
  for (const { fileName } of ts.preProcessFile(outputText).importedFiles)
    if (fileName.startsWith('.')) neededBy(`${join(dirname(file), fileName)}.ts`, files);
  return files;
}

const files = [...neededBy(join(root, 'src/testing/index.ts'), neededBy(join(root, 'src/index.ts')))];
const examples = files.flatMap((file) => examplesOf(relative(root, file), readFileSync(file, 'utf8')));
const modules = { millrace, 'millrace/testing': testing, rxjs, 'fast-check': fastCheck, vitest, kafkajs };

const printed = vi.spyOn(console, 'log');
beforeAll(() => void printed.mockImplementation(() => undefined));
afterAll(() => printed.mockRestore());

test('there are examples, and each is told once', () => {
  expect(examples.length).toBeGreaterThan(30);
  expect(new Set(examples.map(({ file, line }) => `${file}:${line}`)).size).toBe(examples.length);
});

// An example that goes on by itself is left behind with this process; what it throws later fails the run.
test.each(examples)('the example of $file, line $line, runs', async (example) => {
  for (const { run } of await runSnippet(example, { ...modules })) await run();
});
