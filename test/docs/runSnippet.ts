import ts from 'typescript';
import type { Snippet } from './snippets';

/** A test that a snippet has declared. */
export interface DeclaredTest {
  readonly name: string;
  readonly run: () => unknown;
}

/** What snippets may import, by name. */
export type Modules = Record<string, object>;

type Body = (require: (name: string) => object, exports: object) => Promise<void>;

/** The constructor of async functions, which has no name of its own. */
const { constructor: AsyncFunction } = (async () => undefined) as unknown as { constructor: new (...parameters: string[]) => Body };

/** Runs a snippet as a module of its own; what it exports can be imported by later ones. Gives the tests that it declares. */
export async function runSnippet({ file, code }: Snippet, modules: Modules): Promise<DeclaredTest[]> {
  const declared: DeclaredTest[] = [];
  const test = (name: string, run: () => unknown) => void declared.push({ name, run });
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const exported = {};
  const load = (name: string): object => {
    const found = name === 'vitest' ? { ...modules[name], test } : modules[name];
    if (!found) throw new Error(`${file} imports ${name}, which is none of ${Object.keys(modules).join(', ')}`);
    return found;
  };
  await new AsyncFunction('require', 'exports', outputText)(load, exported);
  modules[`./${file.replace(/\.ts$/, '')}`] = exported;
  return declared;
}
