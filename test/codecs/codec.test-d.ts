import { bytes } from '../../src/codecs/bytes';
import type { Codec, Decoder, Encoder } from '../../src/codecs/codec';
import { json } from '../../src/codecs/json';
import { nullable } from '../../src/codecs/nullable';
import { text } from '../../src/codecs/text';
import type { Bytes } from '../../src/records';

bytes satisfies Codec<Bytes | null>;
nullable(text) satisfies Codec<string | null>;
json((value) => String(value)) satisfies Codec<string>;
json<{ amount: number }>() satisfies Encoder<{ amount: number }>;
json() satisfies Codec<unknown>;
text satisfies Decoder<string>;

// @ts-expect-error text cannot write null
text satisfies Encoder<string | null>;
