/** @jest-config-loader esbuild-register */
import { mkdirSync } from 'node:fs';
import type { Config } from 'jest';

// Where `--outputFile` of the npm scripts writes to, which does not make the folder.
mkdirSync('.cache/test-results', { recursive: true });

const config: Config = {
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  // They need the packed tarball, a browser, Angular or nginx, or test what is not the library:
  // `npm run test:package`, `test:servers`, `test:examples` and so on.
  testPathIgnorePatterns: [
    '/node_modules/',
    // Programs of the documentation, each of which is a process of its own: `npm run test:examples`.
    '\\.program\\.spec\\.ts$',
    ...[
      'package',
      'consumers',
      'browser',
      'angular',
      'ssr',
      'servers',
      'examples',
      'scripts',
      'site',
    ].map((folder) => `<rootDir>/spec/${folder}/`),
  ],
  // A run of mutation testing that was stopped leaves a copy of the repository there.
  modulePathIgnorePatterns: ['<rootDir>/\\.cache/'],
  // jest would leave one core of two idle.
  maxWorkers: '100%',
  // Specs wait for events, not for time: this only ends what hangs, also on a busy machine.
  testTimeout: 120_000,
  setupFilesAfterEnv: ['<rootDir>/spec/support/setup.ts'],
  transform: { '^.+\\.(ts|js)$': ['ts-jest', { tsconfig: 'tsconfig.jest.json' }] },
  // These come as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(arktype|@ark|arkregex|marked)/)'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^rxjs-ollama$': '<rootDir>/lib/index.ts',
    '^rxjs-ollama/(.+)$': '<rootDir>/lib/$1/index.ts',
  },
  collectCoverageFrom: ['lib/**/*.ts', '!lib/angular/**'],
  coverageThreshold: { global: { statements: 95, branches: 90 } },
  coverageReporters: ['text-summary', 'lcovonly'],
};

export default config;
