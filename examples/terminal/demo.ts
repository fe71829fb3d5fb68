import { argv, env, stderr, stdin, stdout } from 'node:process';
import { createApproval } from './approval.js';
import { connect, type Model } from './connect.js';
import { interrupt$, key$ } from './keys.js';
import { createPlainPage, createTerminalPage } from './page.js';
import { promptForQuestions, readQuestions } from './questions.js';
import { createScreen } from './screen.js';
import { FAST, NATURAL } from './scriptedServer.js';
import { createSession } from './session.js';

const USAGE = `Usage: npm run demo [-- QUESTION]

Without a question it asks for one, or without a terminal reads one from each line of its input. Where there
is none, it takes the one below.
OLLAMA_HOST and OLLAMA_MODEL name a server and a model; without them a scripted model answers.`;

const SAMPLE = 'What is 17 × 23?';

const EXIT_CODES = { answered: 0, failed: 1, stopped: 130 } as const;

const question = argv.slice(2).join(' ').trim();
const terminal = stdout.isTTY && env['TERM'] !== 'dumb';
/** Whether there is somebody to press a key. */
const asks = terminal && stdin.isTTY;
const prompts = asks && !question;
const colors = !env['NO_COLOR'];

const screen = terminal
  ? createScreen(createTerminalPage(stdout, colors))
  : // The conversation can be piped on, and what there is to say about it still be read.
    createScreen(createPlainPage(stdout), createPlainPage(stderr));

/** Whole words, spread evenly, and never far behind the model. */
const READING_PACE = { by: 'word', pace: { maxLag: 300 } } as const;

async function converse(model: Model): Promise<void> {
  const permission = asks ? '' : '\nIt may call every tool: there is no terminal to ask on.';
  const help = prompts ? '\nCtrl-C stops an answer, and at the prompt it quits.\n' : '';
  screen.note(model.introduction + permission + help, 'dim');
  screen.end();

  const ask = createSession({
    model,
    screen,
    buffer: terminal ? READING_PACE : {},
    approve: asks ? createApproval(screen, key$) : () => true,
    interrupt$,
  });
  const showSample = () => {
    screen.note(`${USAGE}\n\n${SAMPLE}`);
    screen.end();
    return SAMPLE;
  };
  const typed = prompts
    ? promptForQuestions(colors ? '\x1b[1m›\x1b[0m ' : '› ')
    : readQuestions(showSample);
  let asked = false;
  for await (const next of question ? [question] : typed) {
    if (terminal || asked) stdout.write('\n');
    asked = true;
    const outcome = await ask(next);
    if (prompts) {
      stdout.write('\n');
    } else if (outcome !== 'answered') {
      process.exitCode = EXIT_CODES[outcome];
      return;
    }
  }
}

// Whoever reads may leave early, as `head` does.
stdout.on('error', () => process.exit(0));

try {
  const model = await connect(terminal ? NATURAL : FAST);
  await converse(model).finally(() => model.close());
} catch (error) {
  screen.note(error instanceof Error ? error.message : String(error), 'red');
  screen.end();
  process.exitCode = EXIT_CODES.failed;
}
