import type { Codec } from './codec';

/** How a codec of fixed width reads and writes. */
export interface FixedWidth<T> {
  /** For messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly check: (value: T) => boolean;
  /** What `check` accepts, for messages. */
  readonly accepts: string;
  readonly write: (view: DataView, value: T) => void;
  readonly read: (view: DataView) => T;
}

/** A codec for numbers that always take the same number of bytes; a value that does not fit and bytes of another length are refused. */
export function fixedWidth<T>({ name, size, check, accepts, write, read }: FixedWidth<T>): Codec<T> {
  return {
    encode: (value) => {
      if (!check(value))
        throw new RangeError(`${name} writes ${accepts}, not ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
      const buffer = new ArrayBuffer(size);
      write(new DataView(buffer), value);
      return new Uint8Array(buffer);
    },
    decode: (bytes) => {
      if (bytes.length !== size) throw new RangeError(`${name} has ${size} bytes, and these are ${bytes.length}`);
      return read(new DataView(bytes.buffer, bytes.byteOffset, size));
    },
  };
}
