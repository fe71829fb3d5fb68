// What do others do, apart from speed: when they are stopped, when a stream breaks, with thinking and with tools?
import process from 'node:process';
import { run } from '../harness/processes.mjs';
import { watch } from '../harness/watch.mjs';

/**
 * `onText` returns whether to leave.
 * @typedef {{ onText: (text: string) => boolean, signal?: AbortSignal }} Listener
 * @typedef {{ answer: string, thinking: string }} Parts
 * @typedef {{ ended: string, text: string, warned: boolean }} Ending
 */

/**
 * A client as its users have it. `talk` streams an answer, and resolves to what it says of its end. What a client has
 * no function for is missing.
 * @typedef {{
 *   talk: (host: string, listener: Listener) => Promise<string | undefined>,
 *   split: (host: string) => Promise<Parts>,
 *   splitTags?: (host: string) => Promise<Parts>,
 *   callTool?: (host: string) => Promise<unknown>,
 * }} Client
 * @typedef {'leave' | 'abort' | 'abort early' | 'listen' | 'split' | 'splitTags' | 'callTool'} Act
 */

const CONTESTANTS = ['ours', 'official', 'ai', 'langchain', 'tanstack'];
/** What has something to add for thinking in tags. */
const SPLIT_TAGS = ['ai'];
/** What has no tools: the loop is the user's. */
const NO_TOOLS = ['official'];

/** What is counted is the same each time. */
export const rounds = 1;

const LINES = 400;
const EVERY_MS = 5;
/** The text at which a chat is stopped. */
const STOPS_AT = 3;

/** @typedef {readonly import('rxjs-ollama/testing/node').Step[]} Steps */

/** A long answer. @type {Steps} */
const LONG = [
  ...Array.from({ length: LINES }, () => ({ content: 'text ', delay: EVERY_MS })),
  { done: true },
];

/** Streams that break after a text, and a server that refuses. @type {Record<string, Steps>} */
const BROKEN = {
  malformed: ['Hel', { raw: '{"model":\n' }, 'lo', { done: true }],
  truncated: ['Hel'],
  'error line': ['Hel', { error: 'out of memory' }],
  refused: [{ error: 'server busy', status: 503 }],
};

const call = { function: { name: 'add', arguments: { x: 1, y: 2 } } };

/** @param {string} name @returns {Promise<Client>} */
const load = (name) => import(new URL(`../contestants/${name}.mjs`, import.meta.url).href);

/**
 * @param {string} contestant
 * @param {Act} act
 * @returns {(host: string) => Promise<any>}
 */
const start = (contestant, act) => (host) =>
  run({ question: 'compare', contestant, params: { host, act } });

/** What the server saw of a chat that was stopped. @param {string} contestant @param {Act} act */
async function watchStop(contestant, act) {
  const early = act === 'abort early';
  const seen = await watch(
    (left) => (early ? [{ delay: left }, ...LONG] : LONG),
    start(contestant, act),
  );
  if (seen.outcome !== 'aborted') return `all ${String(seen.linesWritten)} lines`;
  return early && !seen.early ? 'aborted when the headers came' : 'aborted';
}

/** How a loop over a broken stream ends. @param {string} contestant @param {Steps} steps */
async function watchBroken(contestant, steps) {
  /** @type {{ said: Ending }} */
  const { said } = await watch(() => steps, start(contestant, 'listen'));
  const skips = said.text === 'Hello' && 'skips the line';
  return [said.warned && 'warns', skips, said.ended].filter(Boolean).join(', ');
}

/** Whether thinking is apart from the answer. @param {string} contestant @param {Act} act @param {boolean} inTags */
async function watchThinking(contestant, act, inTags) {
  const thinking = inTags ? ['<think>', 'Hm.', '</think>'] : [{ thinking: 'Hm.' }];
  /** @type {{ said: Parts }} */
  const { said } = await watch(() => [...thinking, 'Hi', { done: true }], start(contestant, act));
  return said.answer === 'Hi' && said.thinking === 'Hm.' ? 'apart' : `“${said.answer}”`;
}

/** What the request after a tool has. @param {string} contestant */
async function watchTool(contestant) {
  let count = 0;
  const { requests } = await watch(
    () =>
      count++
        ? ['Three.', { done: true }]
        : [{ thinking: 'Hm.' }, { tool_calls: [call] }, { done: true }],
    start(contestant, 'callTool'),
  );
  const [, second] = requests;
  if (!second) throw new Error(`${contestant} made no request after the tool.`);
  const { messages = [] } = second.body;
  const find = (/** @type {string} */ role) => messages.find((message) => message.role === role);
  const toWord = (/** @type {unknown} */ sent) => (sent ? 'yes' : 'no');
  return [toWord(find('assistant')?.thinking), toWord(find('tool')?.tool_name)];
}

/** @returns {Promise<import('../harness/contest.mjs').Findings>} */
export async function ask() {
  /** @type {Record<string, string | number>} */
  const facts = { lines: LINES + 1, 'ms between lines': EVERY_MS, 'stopped at text': STOPS_AT };
  for (const who of CONTESTANTS) {
    process.stderr.write('.');
    const note = (/** @type {string} */ what, /** @type {string} */ fact) => {
      facts[`${what}: ${who}`] = fact;
    };
    for (const act of /** @type {const} */ (['leave', 'abort', 'abort early'])) {
      note(act, await watchStop(who, act));
    }
    for (const [what, steps] of Object.entries(BROKEN)) note(what, await watchBroken(who, steps));
    note('thinking', await watchThinking(who, 'split', false));
    note('thinking in tags', await watchThinking(who, 'split', true));
    if (SPLIT_TAGS.includes(who)) {
      note('thinking in tags, with an extra', await watchThinking(who, 'splitTags', true));
    }
    if (!NO_TOOLS.includes(who)) {
      const [thinking = '', name = ''] = await watchTool(who);
      note('thinking is sent back', thinking);
      note('tool name is sent back', name);
    }
  }
  process.stderr.write('\n');
  return { measures: {}, figures: {}, facts };
}

/** Requests a model of the harness, and waits for the answer. @param {string} host @param {string} model */
async function pass(host, model) {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });
  await (await fetch(`${host}/api/chat`, { method: 'POST', body })).text();
}

/** So many requests, one after the other: whatever was closed before has reached the server by then. */
async function settle(/** @type {string} */ host) {
  for (let n = 0; n < 10; n++) await (await fetch(`${host}/api/version`)).text();
}

/** @param {Client} client @param {string} host @returns {Promise<Ending>} */
async function listen({ talk }, host) {
  const seen = { text: '', warned: false };
  const warn = () => {
    seen.warned = true;
  };
  Object.assign(console, { dir: warn, error: warn, log: warn, warn });
  const onText = (/** @type {string} */ text) => {
    seen.text += text;
    return false;
  };
  const ended = await talk(host, { onText }).then(
    (said) => (said ? `completes; ${said}` : 'completes'),
    (/** @type {unknown} */ error) => `\`${/** @type {Error} */ (error).name}\``,
  );
  return { ...seen, ended };
}

/** @param {Client} client @param {string} host @param {Act} act */
async function stop({ talk }, host, act) {
  const controller = new AbortController();
  let count = 0;
  const talking = talk(host, {
    onText() {
      if (++count < STOPS_AT || act === 'abort early') return false;
      if (act === 'abort') controller.abort();
      return act === 'leave';
    },
    ...(act !== 'leave' && { signal: controller.signal }),
  }).catch(() => undefined);
  if (act === 'abort early') {
    await pass(host, 'arrived');
    controller.abort();
    await settle(host);
  } else await talking;
}

/**
 * @param {string} contestant
 * @param {{ host: string, act: Act }} params
 * @returns {Promise<unknown>}
 */
export async function measure(contestant, { host, act }) {
  const client = await load(contestant);
  /** @type {Record<Act, () => unknown>} */
  const acts = {
    leave: () => stop(client, host, act),
    abort: () => stop(client, host, act),
    'abort early': () => stop(client, host, act),
    listen: () => listen(client, host),
    split: () => client.split(host),
    splitTags: () => client.splitTags?.(host),
    callTool: () => client.callTool?.(host),
  };
  const said = (await acts[act]()) ?? {};
  await pass(host, 'over');
  return said;
}
