/** The files of src/run that wait for something, or say by which clock, and so know RxJS. All others there are pure. */
const filesThatWait = ['run', 'runOptions', 'committer', 'idleClock', 'pump', 'macrotask'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file. Two types that mention each other are not meant.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'time-is-pure',
      comment: 'src/time computes; it knows nothing but the words of the project.',
      severity: 'error',
      from: { path: '^src/time/' },
      to: { pathNot: '^src/(time/|errors\\.ts$|records\\.ts$)' },
    },
    {
      name: 'brokers-in-memory-know-no-client',
      comment: 'A broker is told what is asked, and not by whom.',
      severity: 'error',
      from: { path: '^src/testing/(broker|network)/' },
      to: { path: '^src/testing/(client|clock|marbles)/' },
    },
    {
      name: 'aggregates-are-pure',
      severity: 'error',
      from: { path: '^src/aggregates/' },
      to: { pathNot: '^src/(aggregates|time)/|^src/(errors|records)\\.ts$' },
    },
    {
      name: 'run-is-pure-where-it-can-be',
      comment: 'Only the files of src/run that wait know RxJS.',
      severity: 'error',
      from: { path: '^src/run/', pathNot: `^src/run/(${filesThatWait.join('|')})\\.ts$` },
      to: { path: 'node_modules/rxjs/' },
    },
    {
      name: 'run-does-not-know-its-users',
      severity: 'error',
      from: { path: '^src/run/' },
      to: { path: '^src/(operators|sources|sinks|testing)/' },
    },
    {
      name: 'operators-know-no-client',
      comment: 'An operator works on any source of records, and reaches its run through src/run.',
      severity: 'error',
      from: { path: '^src/operators/' },
      to: { path: '^src/(kafka|sources|sinks|testing)/' },
    },
    {
      name: 'kafka-is-a-port',
      comment: 'What adapts the client knows nothing of pipelines.',
      severity: 'error',
      from: { path: '^src/kafka/' },
      to: { path: '^src/(operators|sources|sinks|testing)/' },
    },
    {
      name: 'testing-stands-beside',
      comment: 'A fake that uses the code it tests proves nothing.',
      severity: 'error',
      from: { path: '^src/testing/' },
      to: { path: '^src/(operators|sources|sinks)/' },
    },
    {
      name: 'testing-is-not-shipped-in-the-root',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing/' },
      to: { path: '^src/testing/' },
    },
    {
      name: 'kafkajs-is-passed-in',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'no-node',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-peers',
      comment: 'The package has no dependencies of its own.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/rxjs/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/dist/consumer/|^bench/built/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
