import { sameValue } from './sameValue';

const spare = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZαβγδεζηθικλμνξοπρστυφχψω');

/** Letters for values: those of the test where a value is one of its, and others for the rest, the same one for the same value. */
export class Letters {
  readonly #known: (readonly [letter: string, value: unknown])[];

  constructor(
    values: Readonly<Record<string, unknown>>,
    private readonly same: (expected: unknown, received: unknown) => boolean = sameValue,
  ) {
    this.#known = Object.entries(values);
  }

  of(value: unknown): string {
    const found = this.#known.find(([, known]) => this.same(known, value));
    if (found) return found[0];
    const letter = spare.find((candidate) => this.#known.every(([known]) => known !== candidate)) ?? '?';
    this.#known.push([letter, value]);
    return letter;
  }
}
