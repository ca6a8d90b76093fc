import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linesOf, readmes } from '../../examples/word-count/text';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-'));
});
afterEach(() => rm(folder, { recursive: true }));

const stdin = Readable.from([]);

describe('linesOf', () => {
  test('reads files in the order given, and does not join the last line of one with the first of the next', async () => {
    const files = ['b', 'a', 'none'].map((name) => join(folder, name));
    await Promise.all([writeFile(join(folder, 'a'), '3\n4\n'), writeFile(join(folder, 'b'), '1\n2'), writeFile(join(folder, 'none'), '')]);

    const lines: string[] = [];
    for await (const some of linesOf(files, { stdin, follow: false, signal: new AbortController().signal })) lines.push(...some);

    expect(lines).toEqual(['1', '2', '3', '4']);
  });

  test('gives what is appended to files that it follows, a line when its newline has come, until it is stopped', async () => {
    const files = ['a', 'b'].map((name) => join(folder, name));
    const [a = '', b = ''] = files;
    await Promise.all(files.map((file) => writeFile(file, 'first\nhal')));
    const stop = new AbortController();

    const lines: string[] = [];
    for await (const some of linesOf(files, { stdin, follow: true, signal: stop.signal })) {
      lines.push(...some);
      if (lines.length === 2) await appendFile(a, 'f\n');
      if (lines.length === 3) await appendFile(b, 'f\nlast\n');
      if (lines.length === 5) stop.abort();
    }

    expect(lines).toEqual(['first', 'first', 'half', 'half', 'last']);
  });

  test('stops while it waits for stdin', async () => {
    const waiting = new Readable({ read: () => undefined });
    waiting.push('a\n');
    const stop = new AbortController();

    const lines: string[] = [];
    for await (const some of linesOf(['-'], { stdin: waiting, follow: true, signal: stop.signal })) {
      lines.push(...some);
      setImmediate(() => stop.abort());
    }

    expect(lines).toEqual(['a']);
  });
});

describe('readmes', () => {
  test('finds the README files of packages, scoped ones too, sorted', async () => {
    for (const name of ['zeta', '@scope/beta', '@scope/alpha', 'none']) await mkdir(join(folder, name), { recursive: true });
    for (const name of ['zeta', '@scope/beta', '@scope/alpha']) await writeFile(join(folder, name, 'README.md'), '');
    await mkdir(join(folder, 'none', 'README.md'));

    expect(await readmes(folder)).toEqual(['@scope/alpha', '@scope/beta', 'zeta'].map((name) => join(folder, name, 'README.md')));
  });
});
