import { execFile } from 'node:child_process';
import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A project of somebody else, with the package as it would be published. */
export interface ConsumerProject {
  readonly folder: string;
  readonly tarball: string;
}

/** Makes it in a temporary folder, with the files of `test/dist/consumer/<template>` and these packages. */
export async function consumerProject(template: string, packages: readonly string[]): Promise<ConsumerProject> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-${template}-`));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]);
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  const tarball = join(folder, packed?.filename ?? '');
  await cp(join('test/dist/consumer', template), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), `{ "name": "${template}", "private": true }`);
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...packages], { cwd: folder });
  return { folder, tarball };
}
