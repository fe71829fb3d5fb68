// The worker of the playground. A user's code runs in it, and nowhere else.
import { harden } from './harden.js';
import { MAX_CODE, READY, type Reply, type Request } from './messages.js';
import { toProgram } from './evaluate.js';
import { toReport } from './report.js';
import { SOURCE } from './rows.js';
import { FIRST } from './presets.js';
import { parseScript } from './script.js';
import { toSpec } from './toSpec.js';

const scope = globalThis as unknown as {
  postMessage: (message: Reply | typeof READY) => void;
  addEventListener: (type: 'message', listen: (event: { data: Request }) => void) => void;
};
const post = scope.postMessage.bind(scope);

function answer({ id, kind, script }: Request): Reply {
  try {
    const { rows, inputs } = parseScript(script);
    const played = toProgram(script.code)(inputs, script.stopAt);
    if (kind === 'spec') {
      return { id, kind, text: toSpec(script, rows, played).slice(0, MAX_CODE) };
    }
    return { id, kind, report: toReport(played, inputs, SOURCE) };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id, kind: 'error', message: text.slice(0, 1000) };
  }
}

scope.addEventListener('message', ({ data }) => {
  post(answer(data));
});
harden(globalThis);
// What is run for the first time is slow. That does not count as the time of a user's code.
answer({ id: 0, kind: 'run', script: FIRST });
post(READY);
