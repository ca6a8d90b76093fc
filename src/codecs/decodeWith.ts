import type { Bytes } from '../records';
import type { Decoder } from './codec';

/** What `decoder` makes of what Kafka stores; throws what the decoder throws, and for a null that it has no meaning for. */
export function decodeWith<T>(decoder: Decoder<T>, bytes: Bytes | null): T {
  if (bytes !== null) return decoder.decode(bytes);
  if (decoder.decodeNull) return decoder.decodeNull();
  throw new TypeError('it is null, and the codec has no meaning for that: wrap it in nullable(…)');
}
