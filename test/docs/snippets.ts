/** A block of TypeScript in a page. */
export interface Snippet {
  /** The file that it is said to be, such as `visits.ts`. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The blocks of TypeScript of a page in Markdown: all that begin with ` ```ts `. */
export function snippetsOf(markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const [, file] = /^```ts(?: (\S+))?$/.exec(lines[index] ?? '') ?? ([] as undefined[]);
    if (!/^```ts\b/.test(lines[index] ?? '')) continue;
    const end = lines.indexOf('```', index);
    snippets.push({ file: file ?? `line${index + 1}.ts`, line: index + 1, code: lines.slice(index + 1, end).join('\n') });
    index = end;
  }
  return snippets;
}
