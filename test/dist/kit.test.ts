import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumerProject } from './consumerProject';
import { findChromium } from './findChromium';

const run = promisify(execFile);

/** A project whose tests use the kit: one test file, run by each of the runners. kafkajs is not installed. */
let folder: string;

/** How many tests it has. */
const count = 5;

beforeAll(async () => {
  ({ folder } = await consumerProject('kit', ['rxjs@7.8.0', 'vitest@4', 'jest@30', 'expect@30', 'esbuild@0.28']));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a program of the project says, whether it ends well or not. */
async function said(program: string, ...parameters: string[]): Promise<string> {
  const { NODE_ENV, VITEST, FORCE_COLOR, ...env } = process.env;
  const path = program === 'node' ? process.execPath : join(folder, 'node_modules/.bin', program);
  const { stdout, stderr } = await run(path, parameters, { cwd: folder, env: { ...env, NO_COLOR: '1' } }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return stdout + stderr;
}

/** The test file with another runner in place of vitest. */
function built(file: string, runner: string, ...options: string[]): Promise<string> {
  return said('esbuild', 'user.test.mjs', `--outfile=${file}`, '--bundle', `--alias:vitest=${runner}`, '--log-level=warning', ...options);
}

describe('the tests of a project that uses the kit pass', () => {
  test('in vitest', async () => {
    expect(await said('vitest', 'run', 'user.test.mjs')).toMatch(new RegExp(`Tests +${count} passed \\(${count}\\)`));
  });

  test('in jest', async () => {
    expect(await built('user.jest.test.cjs', '@jest/globals', '--format=cjs', '--packages=external')).toBe('');
    const output = await said('jest', '--testMatch', '**/user.jest.test.cjs');
    expect(output).toMatch(new RegExp(`Tests: +${count} passed, ${count} total`));
    // A timer or a socket that is left over would keep the process alive.
    expect(output).not.toContain('did not exit');
  });

  test('in node:test', async () => {
    expect(await built('user.node.test.mjs', './inNode.mjs', '--format=esm', '--platform=node', '--packages=external')).toBe('');
    expect(await said('node', '--test', 'user.node.test.mjs')).toContain(`# pass ${count}\n`);
  });

  test('in a browser', async () => {
    expect(await built('user.js', './inBrowser.mjs', '--format=iife')).toBe('');
    await writeFile(join(folder, 'page.html'), '<!doctype html><meta charset="utf-8"><title>tests</title><script src="user.js"></script>');
    const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => errors.push(message.text()));
      await page.goto(`file://${join(folder, 'page.html')}`);
      const results = await page.evaluate<string[]>('window.results');
      expect(results.filter((result) => !result.startsWith('passed'))).toEqual([]);
      expect(results).toHaveLength(count);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
