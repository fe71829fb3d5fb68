/** @jest-config-loader esbuild-register */
import { join } from 'node:path';
import type { Config } from 'jest';
import base from '../../jest.config';

const config: Config = {
  ...base,
  rootDir: '../..',
  runner: '<rootDir>/scripts/mutation/runner.ts',
  testEnvironment: join(__dirname, 'environment.mjs'),
  setupFilesAfterEnv: [...(base.setupFilesAfterEnv ?? []), '<rootDir>/scripts/mutation/setup.ts'],
  // What can't kill a mutant: it reads sources as text, or tests what tests are made of.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/spec/(?:browser|docs|examples|package|scripts|support|testing|types)/',
    '<rootDir>/spec/(?:captures|layers)\\.spec\\.ts$',
  ],
};

export default config;
