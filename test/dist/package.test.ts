import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumerProject } from './consumerProject';
import { importsOf } from './importsOf';

const run = promisify(execFile);
const root = process.cwd();

/** A project of somebody else, with the package as it would be published. */
let consumer: string;
let tarball: string;
let installed: string;

/** The oldest and the newest that the declarations are made for, and the one we write them with. */
const compilers = ['5.4.5', '6.0.3', '7.0.2'];

interface Loaded {
  readonly names: string[];
  readonly testingNames: string[];
  readonly counts: string[];
}

const compilerOptions = {
  module: 'node16',
  moduleResolution: 'node16',
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

beforeAll(async () => {
  // The oldest peers that the package says it works with.
  const packages = [
    'rxjs@7.8.0',
    'kafkajs@2.2.4',
    '@types/node@20',
    ...compilers.map((version) => `typescript-${version}@npm:typescript@${version}`),
  ];
  ({ folder: consumer, tarball } = await consumerProject('package', packages));
  installed = join(consumer, 'node_modules/millrace');
});

afterAll(() => rm(consumer, { recursive: true, force: true }));

const node = async (script: string): Promise<unknown> => {
  const { stdout } = await run(process.execPath, [script], { cwd: consumer });
  return JSON.parse(stdout);
};

describe('the packed package', () => {
  test('holds the build, the sources that its maps point to, and nothing else', () => {
    const top = readdirSync(installed).filter((name) => !['README.md', 'CHANGELOG.md'].includes(name));
    expect(top.sort()).toEqual(['LICENSE', 'dist', 'package.json', 'src']);
    for (const file of filesOf('dist').filter((name) => name.endsWith('.map'))) {
      const map = readFileSync(join(installed, 'dist', file), 'utf8');
      expect(map).not.toContain(root);
      const { sources } = JSON.parse(map) as { sources: string[] };
      for (const source of sources) expect(readFileSync(join(installed, 'dist', source), 'utf8')).not.toBe('');
    }
  });

  test('has no dependencies', async () => {
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['dependencies'] ?? {}).toEqual({});
    expect(
      readdirSync(join(consumer, 'node_modules'))
        .filter((name) => !/^\.|^typescript-|^@typescript$/.test(name))
        .sort(),
    ).toEqual(['@types', 'kafkajs', 'millrace', 'rxjs', 'tslib', 'undici-types']);
  });

  test('is well formed, says publint', async () => {
    await expect(run('npx', ['--no-install', 'publint', 'run', tarball, '--strict'])).resolves.toBeDefined();
  });

  test('has types that resolve as its code does, says attw', async () => {
    await expect(run('npx', ['--no-install', 'attw', tarball, '--profile', 'node16', '--no-emoji', '--no-color'])).resolves.toBeDefined();
  });

  test.each(['index.js', 'index.cjs', 'testing.js', 'testing.cjs'])('imports nothing but RxJS from %s', async (entry) => {
    const imports = await importsOf(join(installed, 'dist', entry));
    expect([...imports].filter((name) => name !== 'rxjs' && name !== 'rxjs/testing')).toEqual([]);
  });

  test.each(['js', 'cjs'])('has one copy of the code that both entry points use in its %s files', async (format) => {
    const files = filesOf('dist').filter((name) => name.endsWith(`.${format}`));
    const texts = await Promise.all(files.map((name) => readFile(join(installed, 'dist', name), 'utf8')));
    expect(texts.join('\n').match(/Symbol\.for\("millrace\.StreamError"\)/g)).toHaveLength(1);
  });
});

describe('a program with the packed package', () => {
  const counts = [
    'and=1 at 9999',
    'end=1 at 19999',
    'mill=1 at 9999',
    'race=1 at 9999',
    'the=1 at 19999',
    'the=3 at 9999',
    'wheel=1 at 9999',
  ];

  test('counts words with import and with require, and finds the same names', async () => {
    const imported = (await node('import.mjs')) as Loaded;
    const required = (await node('require.cjs')) as Loaded;
    expect(imported.counts).toEqual(counts);
    expect(required.counts).toEqual(counts);
    expect(required.names).toEqual(imported.names);
    expect(required.testingNames).toEqual(imported.testingNames);
    expect(imported.names).toContain('fromTopic');
    expect(imported.testingNames).toContain('FakeKafka');
  });

  test('knows a StreamError of either copy when it has loaded both', async () => {
    expect(await node('both.mjs')).toEqual({
      twoCopies: true,
      instanceof: [true, true],
      isStreamError: [true, true],
      others: [false, false],
    });
  });

  describe.each(['mts', 'cts'])('in a .%s file', (extension) => {
    test.each(compilers)('compiles strictly with TypeScript %s, declarations of the libraries included', async (version) => {
      const file = `types.${extension}`;
      if (extension === 'cts') await copyFile(join(consumer, 'types.mts'), join(consumer, file));
      const project = join(consumer, `tsconfig.${extension}.json`);
      await writeFile(project, JSON.stringify({ compilerOptions, files: [file] }));
      const tsc = join(consumer, `node_modules/typescript-${version}/bin/tsc`);
      const { stdout } = await run(process.execPath, [tsc, '-p', project], { cwd: consumer }).catch(
        (error: unknown) => error as { stdout: string },
      );
      expect(stdout).toBe('');
    });
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(join(installed, folder));
}
