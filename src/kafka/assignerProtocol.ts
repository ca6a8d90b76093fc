import { asBuffer } from './asBuffer';

/** What a member tells the leader of its group when it joins. */
export interface MemberMetadata {
  readonly version: number;
  readonly topics: readonly string[];
  readonly userData: Uint8Array;
}

/** What the leader gives a member. */
export interface MemberAssignment {
  readonly version: number;
  /** Partitions by topic. */
  readonly assignment: Readonly<Record<string, readonly number[]>>;
  readonly userData: Uint8Array;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** As Kafka's ConsumerProtocolSubscription, version 0: what kafkajs' `AssignerProtocol.MemberMetadata.encode` writes. */
export function encodeMemberMetadata({ version, topics, userData }: MemberMetadata): Uint8Array {
  const writer = new Writer();
  writer.int16(version);
  writer.int32(topics.length);
  for (const topic of topics) writer.text(topic);
  writer.bytes(userData);
  return writer.written();
}

/** Null if there is nothing to read: a member may have told nothing. What newer versions add at the end is left unread. */
export function decodeMemberMetadata(encoded: Uint8Array): MemberMetadata | null {
  if (encoded.length < 2) return null;
  const reader = new Reader(encoded);
  const version = reader.int16();
  const topics = reader.array(() => reader.text());
  return { version, topics, userData: reader.bytes() };
}

/** As Kafka's ConsumerProtocolAssignment, version 0. */
export function encodeMemberAssignment({ version, assignment, userData }: MemberAssignment): Uint8Array {
  const writer = new Writer();
  const topics = Object.entries(assignment);
  writer.int16(version);
  writer.int32(topics.length);
  for (const [topic, partitions] of topics) {
    writer.text(topic);
    writer.int32(partitions.length);
    for (const partition of partitions) writer.int32(partition);
  }
  writer.bytes(userData);
  return writer.written();
}

/** Null if there is nothing to read: a member that was given nothing may get no bytes at all. */
export function decodeMemberAssignment(encoded: Uint8Array): MemberAssignment | null {
  if (encoded.length < 2) return null;
  const reader = new Reader(encoded);
  const version = reader.int16();
  const topics = reader.array(() => [reader.text(), reader.array(() => reader.int32())] as const);
  return { version, assignment: Object.fromEntries(topics), userData: reader.bytes() };
}

/** Numbers of the protocol are big-endian, lengths come first. */
class Writer {
  readonly #parts: Uint8Array[] = [];

  int16(value: number): void {
    const part = new Uint8Array(2);
    new DataView(part.buffer).setInt16(0, value);
    this.#parts.push(part);
  }

  int32(value: number): void {
    const part = new Uint8Array(4);
    new DataView(part.buffer).setInt32(0, value);
    this.#parts.push(part);
  }

  text(value: string): void {
    const part = utf8.encode(value);
    this.int16(part.length);
    this.#parts.push(part);
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length);
    this.#parts.push(value);
  }

  written(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return asBuffer(whole);
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly encoded: Uint8Array) {
    this.#view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  }

  int16(): number {
    this.#at += 2;
    return this.#view.getInt16(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4);
  }

  text(): string {
    return fromUtf8.decode(this.#take(this.int16()));
  }

  /** Null counts as no bytes; so does the end, since older clients write no user data. */
  bytes(): Uint8Array {
    if (this.#at >= this.encoded.length) return new Uint8Array();
    return this.#take(Math.max(0, this.int32()));
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, read);
  }

  #take(length: number): Uint8Array {
    this.#at += length;
    return this.encoded.subarray(this.#at - length, this.#at);
  }
}
