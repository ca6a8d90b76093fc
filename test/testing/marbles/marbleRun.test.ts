import { VirtualTimeScheduler } from 'rxjs';
import { expect, test } from 'vitest';
import { shareOf } from '../../../src/run/share';
import { MarbleRun } from '../../../src/testing/marbles/marbleRun';
import { recordOf } from '../../../src/testing/record';

/** A run of one partition without operators, and what it told. */
function started(cadence?: { every: number; count: number }) {
  const scheduler = new VirtualTimeScheduler();
  const told: string[] = [];
  const tell = (what: string) => void told.push(`${what} at ${scheduler.now()}`);
  const run = new MarbleRun(
    { partitions: [{ topic: 't', partition: 0 }], bounded: true, outOfOrderness: 0, idleAfter: 1_000, scheduler },
    {
      complete: () => tell('complete'),
      error: (error) => tell(String(error)),
      released: (marble) => tell(`released ${marble}`),
      committed: (offsets) => tell(`committed ${offsets.join()}`),
    },
    cadence ? [{ name: 'commitOffsets', cadence }] : [],
  );
  const [epoch] = run.epochs;
  if (!epoch) throw new Error('no epoch');
  const deliver = (marble: string) => {
    const made = recordOf('k', 1, { timestamp: scheduler.now(), offset: epoch.position }, epoch);
    run.deliver(
      marble,
      epoch,
      () => made,
      () => undefined,
    );
    return shareOf(made, 'test');
  };
  const pass = (ms: number) => {
    scheduler.schedule(() => undefined, ms);
    scheduler.maxFrames = scheduler.now() + ms;
    scheduler.flush();
  };
  return { run, told, tell, deliver, pass };
}

test('what is released is told at once, and committed at the next multiple of the cadence', () => {
  const { told, deliver, pass } = started({ every: 10, count: Infinity });
  const a = deliver('a');
  const b = deliver('b');
  pass(12);
  b.release();
  a.release();
  pass(20);
  expect(told).toEqual(['released b at 12', 'released a at 12', 'committed 2 at 20']);
});

test('it completes when its diagrams end, and is finished when everything is released and committed', () => {
  const { run, told, tell, deliver, pass } = started();
  const a = deliver('a');
  run.whenFinished(() => tell('finished'));
  run.end();
  pass(7);
  a.release();
  run.whenFinished(() => tell('told later'));
  run.abandon();
  expect(told).toEqual(['complete at 0', 'released a at 7', 'committed 1 at 7', 'finished at 7', 'told later at 7']);
});

test('when it is abandoned it commits what was released, and then an ack does nothing more (L4)', () => {
  const { run, told, deliver } = started();
  deliver('a').release();
  const b = deliver('b');
  run.abandon();
  b.release();
  deliver('c');
  expect(told).toEqual(['released a at 0', 'committed 1 at 0']);
});
