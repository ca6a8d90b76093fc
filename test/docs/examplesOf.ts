import ts from 'typescript';
import { type Snippet, snippetsOf } from './snippets';

/** The blocks of TypeScript that follow `@example` in the comments of a source file. */
export function examplesOf(file: string, source: string): Snippet[] {
  const examples: Snippet[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example' || tag.parent.parent !== node) continue;
      const { line } = parsed.getLineAndCharacterOfPosition(tag.getStart());
      const text = ts.getTextOfJSDocComment(tag.comment) ?? '';
      for (const snippet of snippetsOf(text)) examples.push({ file, line: line + 1 + snippet.line, code: snippet.code });
    }
    ts.forEachChild(node, visit);
  };
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  visit(parsed);
  return examples;
}
