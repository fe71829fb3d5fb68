import { existsSync } from 'node:fs';
import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import rxjs from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

const timers = ['setTimeout', 'setInterval', 'setImmediate'];

const noDoubleCast = {
  selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword.typeAnnotation',
  message: 'A double cast hides what the types would have said.',
};
const noNewDate = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'The clock is scheduler.now().',
};
const noNewObservable = {
  selector: "NewExpression[callee.name='Observable']",
  message: 'Compose operators, or use lib/createOperator.ts.',
};

export default defineConfig(
  globalIgnores([
    ...['**/dist', '**/.angular', 'coverage', '.cache', 'docs/api'],
    // The app is compiled with Angular's own compiler, and not with the packages here.
    'spec/ssr/app',
    // Its types are there when it is installed: `npm run demo:angular` does that, and so do the browser specs.
    ...(existsSync('examples/angular/node_modules') ? [] : ['examples/angular/src']),
    // Likewise: `npm run docs` installs them.
    ...(existsSync('site/node_modules') ? [] : ['site', 'spec/site']),
  ]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  rxjs.configs.strict,
  {
    languageOptions: { parserOptions: { project: 'tsconfig.test.json' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // `const { left, out, ...rest }` is how a copy without some fields is made.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // On Ollama's wire an empty string means the same as none, and `??` would keep it.
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true } },
      ],
      // A module of Nest is a class with nothing but a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Whatever a user's callback threw goes on unchanged.
      'rxjs-x/throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: true }],
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'ollama', message: 'It reads files: use ollama/browser.' }],
          patterns: [{ group: ['rxjs/internal/*', 'rxjs-ollama', 'rxjs-ollama/*'] }],
        },
      ],
      'no-restricted-syntax': ['error', noDoubleCast],
    },
  },
  {
    // The scripted server is a real one: it keeps real time.
    files: ['lib/**/*.ts'],
    ignores: ['lib/testing/node/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[...timers, 'performance'].map((name) => ({
          name,
          message: 'Time comes only from the scheduler.',
        })),
        { name: 'process', message: 'There is none in a browser.' },
      ],
      'no-restricted-properties': [
        'error',
        ...timers.map((property) => ({ object: 'globalThis', property })),
        { object: 'Date', property: 'now', message: 'The clock is scheduler.now().' },
        { object: 'Math', property: 'random', message: 'Nothing here is left to chance.' },
      ],
      'no-restricted-syntax': ['error', noDoubleCast, noNewDate],
    },
  },
  {
    files: ['lib/**/*.ts'],
    ignores: [
      'lib/transport/**',
      'lib/createOperator.ts',
      // No operator of RxJS can say in which zone it subscribes.
      'lib/angular/outside.ts',
      // Nor in which context of OpenTelemetry.
      'lib/otel/inContext.ts',
      // Nor subscribe to any number of synchronous sources in turn: the stack grows with each.
      'lib/tools/expandLast.ts',
      'lib/testing/node/**',
    ],
    rules: { 'no-restricted-syntax': ['error', noDoubleCast, noNewDate, noNewObservable] },
  },
  {
    files: ['spec/**/*.ts'],
    rules: {
      // Both end in a failed test: spec/support/setup.ts sees errors that nobody received.
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
      // A callback or generator is async because it is handed to something that asks for that.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['spec/angular/**/*.ts'],
    rules: {
      // A component may be all template.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Angular's abstract classes are tokens: what they stand for is made elsewhere.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['bench/**/*.mjs'],
    rules: {
      // Both end the run, and have to: a figure of something that failed is none.
      'rxjs-x/no-ignored-error': 'off',
      'rxjs-x/no-ignored-default-value': 'off',
    },
  },
  {
    files: ['examples/nest/src/**/*.ts'],
    rules: {
      // Nest's options are typed by a class.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['examples/angular/src/**/*.ts'],
    languageOptions: { parserOptions: { project: 'examples/angular/tsconfig.json' } },
    rules: {
      // A component can be a template and nothing else.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
    },
  },
  {
    files: ['site/**/*.{js,mjs,ts}', 'spec/site/**/*.ts'],
    languageOptions: { parserOptions: { project: 'site/tsconfig.json' } },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    rules: {
      // The compiler checks these files too, and knows the globals.
      'no-undef': 'off',
      // It doesn't see casts in JSDoc.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
