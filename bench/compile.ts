import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const folder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Compiles programs of this folder, so that what is measured is plain Node and the built package, with no loader in between.
 *
 * @returns the path of each compiled program, in the same order
 * @throws Error if the package is not built
 */
export async function compile(...programs: readonly string[]): Promise<string[]> {
  if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('the package is not built: run `npm run build` first');
  await build({
    config: false,
    silent: true,
    clean: true,
    dts: false,
    format: 'esm',
    target: 'node20',
    entry: Object.fromEntries(programs.map((program) => [program, `${folder}${program}.ts`])),
    outDir: `${folder}built`,
    external: ['millrace'],
  });
  return programs.map((program) => `${folder}built/${program}.js`);
}
