export default {
  mutate: [
    'lib/{core,wire,transport,operators,tools,conversation}/**/*.ts',
    'lib/{time,backoff,createOperator}.ts',
  ],
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  jest: { configFile: 'scripts/mutation/jest.config.ts' },
  coverageAnalysis: 'perTest',
  // jest compiles each file by itself: a mutant with wrong types runs like any other.
  disableTypeChecks: false,
  ignorePatterns: ['.cache', '.ci', 'bench', 'coverage', 'dist', 'examples'],
  tempDirName: '.cache/mutation/sandbox',
  incremental: true,
  incrementalFile: '.cache/mutation/incremental.json',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { logTests: false },
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  concurrency: 2,
  // jest keeps memory from run to run.
  maxTestRunnerReuse: 60,
  // Long enough for a machine that is busy: what takes too long counts as killed.
  timeoutMS: 15_000,
  timeoutFactor: 3,
  thresholds: { high: 95, low: 90, break: 90 },
};
