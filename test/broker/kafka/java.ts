import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaUnavailable } from './kafkaJars';

const run = promisify(execFile);

/** The Java to run Kafka with. Kafka 4 needs 17 or later. */
export async function findJava(): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const java = home === undefined ? 'java' : join(home, 'bin', 'java');
  const { stderr } = await run(java, ['-version']).catch(() => {
    throw new KafkaUnavailable(`Java 17 or later is needed to run Apache Kafka, and \`${java}\` does not run`);
  });
  const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
  if (major < 17) throw new KafkaUnavailable(`Java 17 or later is needed to run Apache Kafka, and \`${java}\` is version ${major}`);
  return java;
}
