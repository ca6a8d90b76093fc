import { createRequire } from 'node:module';

/** A module of kafkajs that it does not export, to compare with. */
export function kafkajsSource(path: string): unknown {
  return createRequire(import.meta.url)(`kafkajs/src/${path}`);
}
