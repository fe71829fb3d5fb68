/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';
import shared from '../../jest.config';

// Angular needs a document, and comes as ES modules only.
const config: Config = {
  ...shared,
  collectCoverageFrom: ['lib/angular/**/*.ts'],
  rootDir: '../..',
  testMatch: ['<rootDir>/spec/angular/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testEnvironment: '<rootDir>/spec/angular/environment.mjs',
  setupFilesAfterEnv: [...(shared.setupFilesAfterEnv ?? []), '<rootDir>/spec/angular/setup.ts'],
  transform: {
    '\\.mjs$': '<rootDir>/spec/angular/transformModule.mjs',
    ...shared.transform,
  },
  transformIgnorePatterns: ['/node_modules/(?!(@angular|angular-core-\\d+|zone\\.js)/)'],
};

export default config;
