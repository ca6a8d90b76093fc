import { parseArgs } from 'node:util';

/** What the command line says. */
export interface Arguments {
  /** Files, `-` for stdin; none is the README files of the installed packages. */
  readonly files: readonly string[];
  /** Lines a second; `Infinity` is as fast as possible. */
  readonly speed: number;
  readonly follow: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const help = `Counts the words of text in windows of 10 seconds: a producer, a topic, a pipeline, a topic of counts.

  npm start                                the README files of the installed packages
  npm start -- FILE...                     files
  npm start -- -                           what comes in on stdin
  KAFKA_BROKERS=host:port npm start        the same on your Kafka, instead of one in memory

  --speed LINES   lines a second, or "max"; default 2000
  --follow        go on until Ctrl-C, with what is appended to the files
  --keep          leave topics and group in the Kafka at KAFKA_BROKERS
  --help          this text

Text has no times of its own. Its first line is given the time 2026-01-01T00:00:00Z and each further one 10 ms
more, so a window is 1,000 lines, and the same text always gives the same windows. With --follow a line has the
time at which it was read.

lag is lines in the topic that are not read yet; in flight is lines read whose window is not out yet.
Ctrl-C drains: what is in flight to the topic of counts is acknowledged and committed. Again, it stops at once.`;

/**
 * Reads the command line.
 *
 * @throws Error for what it does not understand
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      speed: { type: 'string', default: '2000' },
      follow: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const speed = values.speed === 'max' ? Infinity : Number(values.speed);
  if (!(speed > 0)) throw new Error(`--speed is ${values.speed}: it must be a number of lines a second, or max`);
  return { files: positionals, speed, follow: values.follow, keep: values.keep, help: values.help };
}
