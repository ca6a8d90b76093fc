/** Where something was called from, as text that is made only when it is asked for. */
export type Origin = { readonly stack?: string | undefined };

/** What V8 has, and other engines by now. */
interface StackCapturing {
  readonly captureStackTrace?: ((target: object, above: unknown) => void) | undefined;
  stackTraceLimit?: number | undefined;
}

/** Enough to see past the frames of RxJS. */
const frames = 30;

/** Notes who called `callee`; undefined where the engine cannot tell. */
export function originOf(callee: unknown): Origin | undefined {
  const engine = Error as StackCapturing;
  const { captureStackTrace, stackTraceLimit } = engine;
  if (!captureStackTrace) return undefined;
  const origin: Origin = {};
  engine.stackTraceLimit = frames;
  captureStackTrace(origin, callee);
  engine.stackTraceLimit = stackTraceLimit;
  return origin;
}

/** The two nearest callers that are not RxJS or the engine, such as `sleep (fakeConnection.ts:70), fetchFrom (fakeRunner.ts:140)`. */
export function callersIn({ stack = '' }: Origin): string {
  const callers = stack.split('\n').flatMap((line) => {
    const [, name = '', location = ''] = /^\s+at (?:async )?(?:new )?(?:(.*?) \()?([^()]+:\d+:\d+)\)?$/.exec(line) ?? [];
    if (location === '' || /node:|[\\/]rxjs[\\/]/.test(location)) return [];
    const [, file, lineNumber] = /([^\\/]+?):(\d+):\d+$/.exec(location) ?? [];
    const place = `${file}:${lineNumber}`;
    return [name === '' ? place : `${name.replace(/^.*\.(?=[^.]+$)/, '').replace(/ \[as .*/, '')} (${place})`];
  });
  return callers.slice(0, 2).join(', ');
}
