/** The rules of recovery, one sentence each. The model can leave any one of them out, and its checks must notice. */
export const recoveryRules = {
  // What a commit may pass, and when.
  hold: 'A window holds, per partition, the smallest offset folded into it; no commit passes a hold.',
  ack: 'A commit never passes a record whose own output (here: late) is not acked.',
  holdUntilOut: 'A released window keeps its holds until `out` reaches its end.',
  slidingHold: 'A record of sliding windows is held until the first window without it is out: by that it is known to have gone.',
  releaseThroughChain: 'A window whose result went into a second window is released only when the result of that one is.',
  // What a commit carries, so that replay repeats no output and judges no record differently.
  watermarkAtOffset: 'The watermark in force just before the record at the committed offset.',
  steps: 'Every forced step at a later offset, as (offset, watermark): on replay it is taken again just before the record at that offset.',
  ackedThrough: 'The offset below which records have no output of their own left to give; they are folded again, and no more.',
  untold: 'Nor has a record whose change of an open window is not told yet, or not acked, given its output.',
  out: '`out`: every window that ends at or before it is released. After a restart the largest that any partition committed counts; those windows give no result.',
  founders:
    'How many partitions the first assignment had. One of them without a commit has given nothing yet and begins from nothing; any other one joins.',
  outAtChainEnd:
    'In a chain `out` is a time of the last window: a window is out together with all that went into the same last window, of any key.',
  // Who is late, what closes.
  ownWatermark:
    'A record is judged by the watermark its own partition had before it, never by the combined one (the minimum, by which windows close).',
  sessionLateness:
    'With sessions a record is late if timestamp < watermark - grace, whatever sessions are open. So it never belongs to a closed one.',
  sessionSuppressAtClose:
    'Sessions that are out are rebuilt, and their result suppressed when they close. Only windows whose bounds follow from one record are skipped at folding.',
  slidingSuppressAtClose: 'So are sliding windows: whether a set is another one is known by the set before it.',
  // Steps: watermark moves that do not follow from the log (wall clock, idleness, joining).
  idleStep: 'Before windows close without an idle partition, it is stepped to the watermark they close at.',
  writeAhead: 'At least once: a step takes effect only when the commit that carries it is acknowledged for that partition.',
  gate: 'Until then that partition delivers nothing.',
  keepStep:
    'A step once requested is never withdrawn, whatever became of the request: it may have been stored. It goes into every later commit.',
  forget: 'A step is forgotten when the record at its offset reaches it by its own timestamp (it judges nothing then), and only then.',
  fits: 'If the steps above the offset fill the metadata, none is forced at a further offset until the holds move: windows wait, nothing is dropped.',
  // The first commit.
  firstCommit: 'A partition delivers nothing until its first commit is acknowledged (at least once).',
  joinWait: 'A partition that joins delivers nothing until the others have replayed to the ends they had when it was assigned.',
  joinStep:
    'Then it is stepped to the minimum of the others, or to where windows closed in this life if that is later; this step is its first commit.',
  joinTogether: 'In that minimum, one that has just joined counts by the step it is being given, acknowledged or not.',
  // Exactly once: outputs, offsets and metadata in one transaction. Steps take effect at once, for the transaction with their effects carries them too.
  oneTransaction: 'Outputs and commits of all partitions become visible together or not at all.',
  tellFirst:
    'A transaction takes what has changed in open windows too: else it could not say that what is late after such a record was given.',
  wholeWindow: 'A transaction takes all results of the windows it closes, in the order of their ends: it never splits those of one end.',
} as const;

export type RecoveryRule = keyof typeof recoveryRules;
