import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  // Without it the CJS build would hold a second copy of everything that both entry points use.
  splitting: true,
  sourcemap: true,
  clean: true,
  // tsup sets `baseUrl`, which TypeScript 6 calls an error unless told.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  external: ['rxjs', 'kafkajs', 'fast-check'],
  onSuccess: () => nameSourcesRelatively('dist'),
});

/** In the maps of its CJS build tsup names the built file itself by the path it has on the machine that built it. */
async function nameSourcesRelatively(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.map')) continue;
    const file = join(folder, name);
    const map = JSON.parse(await readFile(file, 'utf8')) as { sources: string[] };
    const sources = map.sources.map((source) => (isAbsolute(source) ? basename(source) : source));
    await writeFile(file, JSON.stringify({ ...map, file: basename(name, '.map'), sources }));
  }
}
