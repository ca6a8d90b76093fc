import { protocolError } from '../network/fakeErrors';
import type { UnplacedMessage } from './fakeLog';
import type { TopicSettings } from './fakeSettings';
import { batchSize } from './fakeSizes';

/** A batch as its topic takes it; refuses as Kafka does. `bytes` is its size if it is compressed. */
export function admitted(
  batch: readonly UnplacedMessage[],
  settings: TopicSettings,
  now: number,
  bytes: number | undefined,
): readonly UnplacedMessage[] {
  if ((bytes ?? batchSize(batch)) > settings.maxMessageBytes) throw protocolError('MESSAGE_TOO_LARGE');
  if (settings.isCompacted && batch.some(({ key }) => key === null)) throw protocolError('INVALID_RECORD');
  return settings.hasAppendTime ? batch.map((message) => ({ ...message, timestamp: String(now) })) : batch;
}
