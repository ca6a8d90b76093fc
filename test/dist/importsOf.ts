import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The packages that a built file imports, itself or through the files of the build that it imports. */
export async function importsOf(file: string, seen = new Set<string>()): Promise<Set<string>> {
  const packages = new Set<string>();
  if (seen.has(file)) return packages;
  seen.add(file);
  const { importedFiles } = ts.preProcessFile(await readFile(file, 'utf8'), true, true);
  for (const { fileName: name } of importedFiles) {
    if (!name.startsWith('.')) packages.add(name);
    else for (const further of await importsOf(join(dirname(file), name), seen)) packages.add(further);
  }
  return packages;
}
