import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Apache Kafka that the tests run against. */
export const kafkaVersion = '4.1.2';

/** There is no Kafka to be had on this machine: a tool is missing or the download failed. Tests are skipped for it, unless they are required. */
export class KafkaUnavailable extends Error {
  override readonly name = 'KafkaUnavailable';
}

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.test</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * The folder with Kafka's jars. The first call on a machine has Maven fetch them (about 45 MB).
 *
 * Another test run may want the same folder at the same time, or this one may be interrupted: so the download happens beside it, and the folder appears
 * whole, by a rename, or not at all.
 */
export async function kafkaJars(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace');
  const jars = join(cache, `kafka-${kafkaVersion}`);
  if (existsSync(jars)) return jars;

  await mkdir(cache, { recursive: true });
  const download = await mkdtemp(join(cache, 'download-'));
  try {
    console.log(`Fetching Apache Kafka ${kafkaVersion} with Maven into ${jars} (once on this machine)`);
    await writeFile(join(download, 'pom.xml'), pom);
    await maven(download, [`${dependencyPlugin}:copy-dependencies`, '-DoutputDirectory=jars', '-DincludeScope=runtime']);
    await rename(join(download, 'jars'), jars).catch((error: unknown) => {
      if (!existsSync(jars)) throw error;
    });
  } finally {
    await rm(download, { recursive: true, force: true });
  }
  return jars;
}

function maven(directory: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', ['--batch-mode', '--quiet', '-Dstyle.color=never', ...args], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', () => {
      reject(new KafkaUnavailable('Maven is needed to fetch Apache Kafka, and `mvn` was not found'));
    });
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new KafkaUnavailable(`Maven could not fetch Apache Kafka ${kafkaVersion}:\n${said.trim().split('\n').slice(0, 5).join('\n')}`),
        );
    });
  });
}
