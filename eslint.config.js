import eslint from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import rxjsX from 'eslint-plugin-rxjs-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const time = 'time comes from the RxJS scheduler of the run, or virtual time would not be virtual';
const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'requestIdleCallback',
  'performance',
  'MessageChannel',
];
const ofNode = ['Buffer', 'process', 'global', 'require', '__dirname', '__filename'];

/** Ways to the same things that are no plain globals. */
const ambientTime = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: `Date.now: ${time}` },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date(): ${time}` },
  { selector: "CallExpression[callee.name='Date']", message: `Date(): ${time}` },
  {
    selector: 'CallExpression[callee.property.name=/^format(ToParts)?$/][arguments.length=0]',
    message: `a date format without a date is that of now: ${time}`,
  },
];

export default defineConfig(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/', 'bench/built/', 'test/dist/consumer/', 'docs/.vitepress/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['**/*.{ts,mts,cts}'],
    extends: [tseslint.configs.strictTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': ['error', { fixMixedExportsWithInlineTypeSpecifier: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Counts and offsets are written into messages everywhere; what the rule is for is `[object Object]` and `undefined`.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => subscriber.complete()` reads better than a block.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      // An interface over one class gives it a name in messages (`Bytes`).
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // Written out where the neighbours have to be: `WindowedRecord<infer K, unknown>` beside `KafkaRecord<infer K, unknown>`.
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      // An `async` method without `await` is how a throw becomes a rejection, which the port's contract asks for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    extends: [jsdoc.configs['flat/recommended-tsdoc-error']],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        ...timers.map((name) => ({ name, message: time })),
        ...ofNode.map((name) => ({ name, message: 'the core runs without Node' })),
      ],
      'no-restricted-syntax': [
        'error',
        ...ambientTime,
        { selector: "MemberExpression[object.name='globalThis']", message: 'it hides an ambient clock or timer from this linter' },
        { selector: 'ExportDefaultDeclaration', message: 'exports have names' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'kafkajs', message: 'the client is passed in by the user and known by its port, src/kafka/client.ts' }],
          patterns: [
            { group: ['node:*', 'kafkajs/*'], message: 'the core runs without Node' },
            { group: ['rxjs/*', '!rxjs/testing'], message: 'everything of RxJS is in its root' },
          ],
        },
      ],
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          enableFixer: false,
          require: {
            ClassDeclaration: true,
            FunctionDeclaration: true,
            MethodDefinition: false,
            ArrowFunctionExpression: true,
            FunctionExpression: true,
          },
          contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'TSEnumDeclaration', 'VariableDeclaration'],
        },
      ],
      // A sentence says what a function does; a parameter or result that the sentence and its name explain is not repeated in a table.
      'jsdoc/require-param': 'off',
      'jsdoc/require-returns': 'off',
      'jsdoc/require-yields': 'off',
      'jsdoc/require-throws-type': 'off',
      'jsdoc/require-description': ['error', { descriptionStyle: 'body', contexts: ['any'], exemptedBy: ['internal', 'inheritdoc'] }],
      'jsdoc/tag-lines': ['error', 'any', { startLines: null }],
      'jsdoc/multiline-blocks': 'off',
      'jsdoc/check-tag-names': [
        'error',
        { definedTags: ['since', 'defaultValue', 'throws', 'typeParam', 'remarks', 'internal'], typed: false },
      ],
    },
  },
  {
    // Only here: node's Buffer is what kafkajs gives and takes.
    files: ['src/kafka/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...timers.map((name) => ({ name, message: time })),
        ...ofNode.filter((name) => name !== 'Buffer').map((name) => ({ name, message: 'the core runs without Node' })),
      ],
    },
  },
  {
    // Types promise what callers in JavaScript do not keep; the checks at the edge stay.
    files: ['src/{operators,sources,sinks,codecs}/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
  {
    // What the run subscribes to are timers, which have no errors.
    files: ['src/run/**/*.ts'],
    rules: { 'rxjs-x/no-ignored-error': 'off' },
  },
  {
    // Only here: macrotasks, which let timers and sockets have their turn, or promises.
    files: ['src/run/macrotask.ts', 'src/testing/clock/whileDrained.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    // Only here: writing to the console is what it is for.
    files: ['src/sinks/print.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['{test,examples,bench,docs}/**/*.{ts,mts,cts}', '*.ts'],
    rules: {
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A test or an example that fails by an unhandled error fails as it should.
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      'rxjs-x/no-ignored-takewhile-value': 'off',
      // What `arbitraries` makes is fast-check's, but its types are not imported, so that the declarations compile where it is not installed.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(describe|test|it)$/][property.name=/^(only|skip|todo)$/]',
          message: 'tests run, all of them',
        },
      ],
    },
  },
  {
    // Type tests consist of expressions and subscriptions that are never run.
    files: ['test/**/*.test-d.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'rxjs-x/no-floating-observables': 'off',
    },
  },
);
