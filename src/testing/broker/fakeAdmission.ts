import { protocolError } from '../network/fakeErrors';
import type { UnplacedMessage } from './fakeLog';
import type { TopicSettings } from './fakeSettings';

/** A batch of this size as its topic takes it; refuses as Kafka does. */
export function admitted(
  batch: readonly UnplacedMessage[],
  settings: TopicSettings,
  now: number,
  bytes: number,
): readonly UnplacedMessage[] {
  if (bytes > settings.maxMessageBytes) throw protocolError('MESSAGE_TOO_LARGE');
  if (settings.isCompacted && batch.some(({ key }) => key === null)) throw protocolError('INVALID_RECORD');
  return settings.hasAppendTime ? batch.map((message) => ({ ...message, timestamp: String(now) })) : batch;
}
