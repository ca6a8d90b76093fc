import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workload } from '../../bench/workload';
import { wordsOf } from '../../examples/word-count/wordCount';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsByHand } from './countsByHand';
import { spawnWordCount } from './spawnWordCount';

// The real program, in a process of its own, on a Kafka in memory.

const awkward = `To be, or not to be: that isn't the question.\r\n\r\n'Tis "quoted" l'été, l'Été — 2 × 2 = 4\n${'\n'.repeat(1_500)}日本語 Straße\n no newline at the end`;
const long = [...workload({ lines: 3_500, seed: 7 })].join('\n') + '\n';
const longer = [...workload({ lines: 40_000, seed: 8 })].join('\n') + '\n';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'word-count-'));
  await writeFile(join(folder, 'awkward.txt'), awkward);
  await writeFile(join(folder, 'long.txt'), long);
  await writeFile(join(folder, 'longer.txt'), longer);
  await writeFile(join(folder, 'empty.txt'), '');
});

afterAll(() => rm(folder, { recursive: true }));

describe('npm start', { timeout: 60_000 }, () => {
  test('counts every word of the files given, in its window', async () => {
    const files = ['awkward.txt', 'empty.txt', 'long.txt'].map((name) => join(folder, name));
    const { code, stderr, rows, total } = await spawnWordCount(['--speed', 'max', ...files]);

    expect({ code, stderr, rows }).toEqual({ code: 0, stderr: '', rows: rowsByHand(awkward, long) });
    expect(total).toBe(sumOf(rows));
  });

  test('counts what comes in on stdin', async () => {
    const { code, rows } = await spawnWordCount(['--speed', 'max', '-'], { stdin: awkward });
    expect({ code, rows }).toEqual({ code: 0, rows: rowsByHand(awkward) });
  });

  test('ends with nothing counted when there is no text', async () => {
    const { code, rows, total } = await spawnWordCount(['-']);
    expect({ code, rows, total }).toEqual({ code: 0, rows: [], total: 0 });
  });

  test('drains on SIGINT: what it has counted so far is right, whole windows, and it says what it has not', async () => {
    const { code, stderr, stdout, rows, total } = await spawnWordCount(['--speed', '4000', join(folder, 'longer.txt')], {
      interruptWhen: (output) => output.split('\nclosed ').length > 3,
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.length).toBeLessThan(40);
    expect(rows).toEqual(rowsByHand(longer).slice(0, rows.length));
    expect(total).toBe(sumOf(rows));
    expect(stdout).toContain(`words of ${rows.length * 1_000} lines in ${rows.length} windows`);
    expect(stdout).toMatch(/\n[1-9]\d* more lines are in windows that had not closed\n$/);
  });

  test('goes on at the end of the text with --follow, closes windows when it goes quiet, and drains on SIGINT', async () => {
    const closedWords = (output: string) =>
      sumOf([...output.matchAll(/^closed \S+: (\d+) words/gm)].map(([, words]) => ({ words: Number(words) })));
    // A last line without a newline may still be growing.
    const words = sumOf(rowsByHand(awkward.slice(0, awkward.lastIndexOf('\n'))));

    const { code, total } = await spawnWordCount(['--follow', join(folder, 'awkward.txt')], {
      interruptWhen: (output) => closedWords(output) >= words,
    });

    expect({ code, total }).toEqual({ code: 0, total: words });
  });

  test('says what is wrong with the command line, and with a file that is not there', async () => {
    const outcomes = await Promise.all([spawnWordCount(['--speed', 'fast']), spawnWordCount(['--fast']), spawnWordCount(['no-such-file'])]);
    expect(outcomes.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(outcomes[0].stderr).toBe('--speed is fast: it must be a number of lines a second, or max\n');
    expect(outcomes[1].stderr).toContain("Unknown option '--fast'");
    expect(outcomes[2].stderr).toContain("ENOENT: no such file or directory, access 'no-such-file'");
  });

  test('tells with --help what there is', async () => {
    const { code, stdout } = await spawnWordCount(['--help']);
    expect(code).toBe(0);
    for (const option of ['--speed', '--follow', '--keep', 'KAFKA_BROKERS']) expect(stdout).toContain(option);
  });
});

describe('wordsOf', () => {
  test('gives runs of letters and digits, in lower case, with apostrophes only inside', () => {
    expect(wordsOf(`'Tis the dogs' isn't -- "L'ÉTÉ 2026", Straße_x ''`)).toEqual([
      'tis',
      'the',
      'dogs',
      "isn't",
      "l'été",
      '2026',
      'straße',
      'x',
    ]);
  });
});

function sumOf(rows: readonly { readonly words: number }[]): number {
  return rows.reduce((sum, { words }) => sum + words, 0);
}
