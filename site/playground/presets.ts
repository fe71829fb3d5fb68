import { chunks } from '../../lib/testing/chunk.js';
import { MORE_LETTERS, letters as listLetters } from '../../lib/testing/letters.js';
import { writeMarbles, type Marble } from './rows.js';
import type { Script } from './script.js';

/** Something to begin with. */
export interface Preset extends Script {
  readonly name: string;
  /** What to look at. */
  readonly about: string;
}

const LONG = `The sky is blue because sunlight is scattered by the molecules of the air. Light of a short wave length is scattered more than light of a long one: blue light about six times as much as red light. So blue light comes to us from every direction of the sky, while most of the red light goes straight on.

At sunset the light has a longer way through the air. Most of the blue light is scattered out of it before it reaches us, and what is left is orange and red. On the Moon, where there is no air, the sky is black even while the Sun shines.`;

/** An answer as a model sends it: a token every few ms, with a pause now and then. */
function fromText(text: string): Pick<Script, 'marbles' | 'letters'> {
  const unused = listLetters('AZ', ...MORE_LETTERS);
  const known = new Map<string, string>();
  const marbles: Marble[] = [];
  let at = 300;
  chunks(text).forEach(({ message: { content } }, n) => {
    const sign = known.get(content) ?? unused.next().value ?? '?';
    known.set(content, sign);
    marbles.push({ at, sign });
    at += n % 40 === 39 ? 240 : 10 + (n % 3) * 10;
  });
  marbles.push({ at, sign: 'd' }, { at, sign: '|' });
  const lines = Array.from(known, ([content, sign]) => `${sign}: ${JSON.stringify(content)}`);
  return { marbles: writeMarbles(marbles, 10), letters: lines.join('\n') };
}

/** What is shown first. */
export const FIRST: Preset = {
  name: 'Split tags',
  about:
    'A tag is cut in two. splitThinking holds it back until it is settled, and no half of it is ever shown.',
  code: 'source$.pipe(\n  splitThinking(),\n  bufferForUi({ every: 30 }),\n  accumulateMessage(),\n)',
  marbles: '-o--p--s-k---a--b--c----(d|)',
  letters: 'p: "nk>Let me"\ns: " see."\nk: </think>',
  frame: 10,
};

/** The story of the library, one thing at a time. */
export const PRESETS: readonly Preset[] = [
  FIRST,
  {
    name: 'Buffer by word',
    about:
      'Tokens are no words. bufferForUi waits for the end of each word, so that nothing on the screen changes its form.',
    code: "source$.pipe(bufferForUi({ by: 'word', every: 30 }), accumulateMessage())",
    marbles: '-m-n-o-p--q-r-s--t-u--v--(d|)',
    letters:
      'm: Ray\nn: leigh\no: " scat"\np: tering\nq: " makes"\nr: " the"\ns: " sky"\nt: " bl"\nu: ue\nv: .',
    frame: 10,
  },
  {
    name: 'Tool calls',
    about: 'Calls come one by one, the last one on the final chunk, where others lose it.',
    code: 'source$.pipe(splitThinking(), toolCalls())',
    marbles: '-t-u---x--y---(z|)',
    letters: 'z: {"call":"add","args":{"a":400,"b":2},"done":true}',
    frame: 10,
  },
  {
    name: 'Cut stream',
    about:
      'The connection breaks without a final chunk. What was held back is emitted first, then the error.',
    code: 'source$.pipe(splitThinking(), bufferForUi({ every: 60 }), accumulateMessage())',
    marbles: '-t-u--a-b-v-w-#',
    letters:
      'v: ", wor"\nw: ld\n#: {"code":"truncated","message":"The stream ended without a final chunk."}',
    frame: 10,
  },
  {
    name: 'Stop',
    about:
      'The reader presses Stop. Every operator and the source are unsubscribed from in that instant, and the model stops.',
    code: 'source$.pipe(splitThinking(), bufferForUi({ every: 40 }), accumulateMessage())',
    marbles: '-t-u--a-b--v--w--c-(d|)',
    letters: 'v: ", wor"\nw: ld',
    frame: 10,
    stopAt: 125,
  },
  {
    name: 'Retry',
    about:
      'The first request fails before any text. The second row is what the next subscription gets.',
    code: 'source$.pipe(\n  retryChat({ count: 2, delay: 40 }),\n  accumulateMessage(),\n)',
    marbles: '--#\n---#\n-a-b-c-(d|)',
    letters: '#: {"code":"http","status":503,"message":"The server is busy."}',
    frame: 10,
  },
  {
    name: 'Throughput',
    about:
      'Tokens per second while the answer comes, and the exact figures of the server at its end.',
    code: 'source$.pipe(throughput({ every: 60 }))',
    marbles: '----t-u-t--a-b-a--b-c-a-b--(d|)',
    letters: '',
    frame: 20,
  },
  {
    name: 'Smooth typing',
    about: 'A burst after a pause is spread out. The text is never more than maxLag behind.',
    code: 'source$.pipe(bufferForUi({ pace: { maxLag: 200 }, every: 25 }), accumulateMessage())',
    marbles: '-(mn)-----------(opqr)--------(st)--(d|)',
    letters:
      'm: "A "\nn: "burst "\no: "of "\np: "tokens "\nq: "is "\nr: "spread "\ns: "out "\nt: evenly.',
    frame: 10,
  },
  {
    name: 'Live JSON',
    about: 'A typed value grows while its JSON streams: a form can fill itself.',
    code: 'source$.pipe(partialJson())',
    marbles: '-m--n--o--p--q--(d|)',
    letters:
      'm: "{\\"city\\":\\"Ber"\nn: "lin\\",\\"te"\no: "mp\\":21"\np: ",\\"sky\\":\\"bl"\nq: "ue\\"}"',
    frame: 10,
  },
  {
    name: 'Share',
    about:
      'One request, two screens. The late one gets what it missed in one chunk, then what comes.',
    code: 'const shared$ = source$.pipe(shareChat());\n({\n  early: shared$,\n  late: timer(95).pipe(switchMap(() => shared$)),\n})',
    marbles: '-t-u--a-b---v--w--c-(d|)',
    letters: 'v: ", wor"\nw: ld',
    frame: 10,
  },
  {
    name: 'A whole answer',
    about: 'More than a hundred tokens are drawn as bars. Zoom in to see each one.',
    code: "source$.pipe(bufferForUi({ by: 'word' }), accumulateMessage())",
    ...fromText(LONG),
    frame: 10,
  },
];
