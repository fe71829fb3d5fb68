// Holds the built declarations of each entry against its report in docs/api: npm run api
// What is meant to change is accepted by: npm run build && npm run api -- --write
import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const REPORTS = 'docs/api';
const BUILT = '.cache/api';
/** What public types are made of: nobody has to name it, and the reports show it. */
const PARTS = [
  'AnyGenerateLine',
  'BareSchema',
  'CAPABILITIES',
  'CallEvent',
  'ChunkEnvelope',
  'DoneFields',
  'ErrorFields',
  'GenerateLine',
  'HttpFields',
  'Line',
  'LineStep',
  'NoPromise',
  'OPTIONS',
  'Part',
  'ProgressLine',
  'RecorderOptions',
  'Reply',
  'Result',
  'Sources',
  'StepEvent',
  'StreamFields',
  'Terminal',
  'TerminalName',
  'Timed',
  'TurnOptions',
  'VALUE_NAMES',
  'ValueName',
  'WithoutModel',
];

const accept = process.argv.includes('--write');
/** @typedef {{ types: string }} Format */
/** An entry has both formats, or ES modules only. @type {{ exports: Record<string, Format | { import: Format }> }} */
const { exports } = JSON.parse(await readFile('package.json', 'utf8'));
const entries = Object.entries(exports).map(([entry, formats]) => ({
  entry,
  types: 'import' in formats ? formats.import.types : formats.types,
}));
const readNames = async (/** @type {string} */ name) => {
  const text = await readFile(entries.find(({ entry }) => entry === name)?.types ?? '', 'utf8');
  return text.match(/\w+(?=,| \})/g) ?? [];
};
/** The other entries use names of these: there is where they are exported, and linked to. */
const known = new Set([...PARTS, ...(await readNames('.')), ...(await readNames('./node'))]);

const none = { logLevel: ExtractorLogLevel.None };
const error = { logLevel: ExtractorLogLevel.Error };

/**
 * @param {string} types the declarations of an entry
 * @param {string} reportFileName
 */
const configure = (types, reportFileName) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve(),
      mainEntryPointFilePath: resolve(types),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: resolve('tsconfig.build.json'),
          compilerOptions: { rootDir: resolve('dist/esm') },
          include: [resolve(types)],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: resolve(REPORTS),
        reportTempFolder: resolve(BUILT),
        reportFileName,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: error },
        // Of the comments, spec/docs knows more.
        tsdocMessageReporting: { default: none },
        extractorMessageReporting: {
          default: error,
          'ae-missing-release-tag': none,
          'ae-undocumented': none,
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
  });

await mkdir(REPORTS, { recursive: true });
for (const { entry, types } of entries) {
  const name = entry.slice('./'.length).replaceAll('/', '-') || 'rxjs-ollama';
  const file = `${name}.api.md`;
  const { apiReportChanged, errorCount } = Extractor.invoke(configure(types, name), {
    localBuild: accept,
    messageCallback(message) {
      const [, quoted = ''] = /"(\w+)"(?! does)/.exec(message.text) ?? [];
      if (message.messageId.startsWith('ae-') && known.has(quoted)) {
        message.logLevel = ExtractorLogLevel.None;
      }
      // What else it tells of is its own progress.
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (errorCount) process.exitCode = 1;
  if (apiReportChanged && accept) console.log(`${REPORTS}/${file} is written.`);
  else if (apiReportChanged) {
    spawnSync(
      'git',
      ['--no-pager', 'diff', '--no-index', `${REPORTS}/${file}`, `${BUILT}/${file}`],
      {
        stdio: 'inherit',
      },
    );
    console.error(
      `The public types are not those of ${REPORTS}/${file}. If they are meant to change, say so in ` +
        'CHANGELOG.md, and run: npm run build && npm run api -- --write',
    );
    process.exitCode = 1;
  }
}
