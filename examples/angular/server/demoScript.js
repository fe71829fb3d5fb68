import { demoModel } from 'rxjs-ollama/testing/node';

/** @typedef {import('rxjs-ollama/testing/node').ReceivedRequest} ReceivedRequest */
/** @typedef {import('rxjs-ollama/testing/node').Step} Step */

const MB = 1024 * 1024;
/** Of a question that needs a tool. */
const NEEDS_TOOL = /\b(?:time|clock|search|find|remember)\b/i;
/** Of a question that shows how an answer breaks off. */
const BREAKS = /\bbreak\b/i;
const IN_SMALL_PIECES = /\s*\S{1,6}/gu;

const demo = demoModel();

/** What the demo answers without a real Ollama: thinking, tools, structured output, and a pull. */
export const demoScript = {
  models: {
    ...demo.models,
    'demo-vision': { capabilities: /** @type {const} */ (['completion', 'vision']) },
  },
  /** @param {ReceivedRequest} request */
  script: (request) => {
    if (request.path === '/api/pull') return { steps: pull(), delay: 60 };
    const question = request.body.messages?.findLast(({ role }) => role === 'user')?.content ?? '';
    if (BREAKS.test(question)) return { steps: breakOff(), delay: 40 };
    const { script } = demo;
    if (typeof script !== 'function') return script;
    // The model of the kit calls tools whenever it has some.
    const { tools = [], ...body } = request.body;
    return script({
      ...request,
      body: { ...body, tools: NEEDS_TOOL.test(question) ? tools : [] },
    });
  },
};

/** @returns {Generator<Step>} */
function* breakOff() {
  const text =
    'This answer breaks off in the middle. What has arrived stays on the screen, the error says what ' +
    'happened, and **Try again** asks once more. The next words never';
  for (const content of text.match(IN_SMALL_PIECES) ?? []) yield { content };
  yield { fault: 'reset' };
}

/** @returns {Generator<Step>} */
function* pull() {
  const digest = `sha256:${'5c1e0ed'.padEnd(64, '0')}`;
  yield { status: 'pulling manifest', delay: 400 };
  for (let part = 0; part <= 60; part++) {
    yield {
      status: `pulling ${digest.slice(7, 19)}`,
      digest,
      total: 600 * MB,
      completed: part * 10 * MB,
    };
  }
  yield { status: 'verifying sha256 digest', delay: 400 };
  yield { status: 'writing manifest' };
  yield { status: 'success' };
}
