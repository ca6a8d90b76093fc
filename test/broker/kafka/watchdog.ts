import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Sees to it that processes and a folder do not outlive this process. */
export interface Watchdog {
  /** Puts a process under watch. */
  watch(pid: number): void;
  /** Kills what is under watch and deletes the folder. */
  finish(): Promise<void>;
}

/**
 * A process of its own that reads the ids of the processes to kill from its input, and acts when the input ends.
 *
 * The input is a pipe that only we hold open. It ends when we close it, and also when we die, be it by an exception, by Ctrl-C or by `kill -9`: so there is
 * one way to clean up and it is always taken. The watchdog is in a process group of its own, or Ctrl-C would take it first.
 */
export function startWatchdog(folder: string): Watchdog {
  const script = `
    while read -r pid; do pids="$pids $pid"; done
    kill -9 $pids 2>/dev/null
    rm -rf "$0" || { sleep 1; rm -rf "$0"; }
  `;
  const dog = spawn('sh', ['-c', script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = once(dog, 'exit');
  dog.unref();
  return {
    watch: (pid) => dog.stdin.write(`${pid}\n`),
    finish: async () => {
      dog.ref();
      dog.stdin.end();
      await gone;
    },
  };
}
