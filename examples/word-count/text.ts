import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { pause } from './pause';

/** How text is read. */
export interface TextOptions {
  /** What `-` stands for. */
  readonly stdin: Readable;
  /** Whether to wait at the end of the files for what is appended to them. */
  readonly follow: boolean;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/** The README files of the packages in a `node_modules` folder, sorted. */
export async function readmes(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const scopes = names.filter((name) => name.startsWith('@'));
  const scoped = await Promise.all(scopes.map(async (scope) => (await readdir(`${folder}/${scope}`)).map((name) => `${scope}/${name}`)));
  const candidates = [...names, ...scoped.flat()].sort().map((name) => `${folder}/${name}/README.md`);
  const found = await Promise.all(
    candidates.map((file) =>
      stat(file).then(
        (stats) => stats.isFile(),
        () => false,
      ),
    ),
  );
  return candidates.filter((_, index) => found[index]);
}

/**
 * Reads files (`-` is stdin) one after the other, and gives their lines as they come: those that one read has completed together. A last line without a
 * newline is a line too, but while a file is followed it is one when its newline has come.
 *
 * @throws Error (of node:fs) for a file that cannot be read
 */
export async function* linesOf(
  files: readonly string[],
  { stdin, follow, signal }: TextOptions,
): AsyncGenerator<string[], void, undefined> {
  const texts = files.map((file) => ({ file, position: 0, rest: new LineSplitter() }));
  do {
    for (const text of texts) {
      const chunks = text.file === '-' ? stdinChunks(stdin, signal) : fileFrom(text.file, text.position);
      for await (const chunk of chunks) {
        text.position += chunk.length;
        const lines = text.rest.push(chunk);
        if (signal.aborted) return;
        if (lines.length > 0) yield lines;
      }
      if (!follow || text.file === '-') yield text.rest.end();
    }
    if (follow) await pause(200, signal);
  } while (follow && !signal.aborted);
}

/** Cuts bytes into lines. A letter of several bytes may be cut in two by a read. */
class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  end(): string[] {
    const line = this.#rest + this.#decoder.end();
    this.#rest = '';
    return line === '' ? [] : [line];
  }
}

/** From the beginning without saying so, since a pipe has no positions. */
function fileFrom(file: string, position: number): AsyncIterable<Buffer> {
  return createReadStream(file, position > 0 ? { start: position } : {});
}

/** An end for good: read again when files are followed, stdin gives nothing. */
async function* stdinChunks(stdin: Readable, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  if (stdin.readableEnded || stdin.destroyed) return;
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
