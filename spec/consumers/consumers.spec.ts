import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProject, type Project } from '../package/project.js';

/** Compilers that users have, by what they are installed as, and the resolutions that each one knows. */
const COMPILERS = [
  ['typescript-5.4', ['node10', 'node16', 'bundler']],
  ['typescript-5.9', ['node10', 'node16', 'nodenext', 'bundler']],
  ['typescript', ['node16', 'nodenext', 'bundler']],
  ['typescript-7', ['node16', 'nodenext', 'bundler']],
] as const;
/** What each resolution is used with, and the kinds of files that it is used for. */
const RESOLUTIONS = {
  node10: { module: 'commonjs', files: ['consumer.ts'] },
  node16: { module: 'node16', files: ['consumer.mts', 'consumer.cts'] },
  nodenext: { module: 'nodenext', files: ['consumer.mts', 'consumer.cts'] },
  bundler: { module: 'esnext', files: ['consumer.mts'] },
} as const;

let project: Project;

beforeAll(async () => {
  project = await createProject();
});

afterAll(() => project.remove());

describe("a user's strict program", () => {
  it.each(
    COMPILERS.flatMap(([compiler, resolutions]) =>
      resolutions.map((resolution) => [compiler, resolution] as const),
    ),
  )('compiles with %s and the resolution %s', async (compiler, resolution) => {
    const { module, files } = RESOLUTIONS[resolution];
    const how = ['--module', module, '--moduleResolution', resolution, '--noEmit'];
    expect(await project.compile(compiler, ...how, ...files)).toBe('');
  });
});
