import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../examples/word-count/text';

test('lines are those of the whole text, wherever its bytes are cut', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '日', '𝄞', '\r'), maxLength: 6 });
  const newline = fc.constantFrom('\n', '\r\n');
  const text = fc.array(fc.tuple(line, newline)).chain((lines) => line.map((last) => lines.flat().join('') + last));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 5 })), async (whole, cuts) => {
      const expected = whole.split(/\r?\n/);
      if (expected.at(-1) === '') expected.pop();
      expect(await readAll(chunksOf(Buffer.from(whole), cuts))).toEqual(expected);
    }),
  );
});

async function readAll(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  const { signal } = new AbortController();
  for await (const some of linesOf(['-'], { stdin: Readable.from(chunks), follow: false, signal })) lines.push(...some);
  return lines;
}

function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (const size of cuts) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)].filter(({ length }) => length > 0);
}
