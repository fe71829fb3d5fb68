/** What the scripted model can say by heart: a subject, and a paragraph on it. */
interface Subject {
  readonly pattern: RegExp;
  readonly text: string;
}

const INTRODUCTION =
  'rxjs-ollama turns a streamed chat into one cold Observable. fromOllamaChat sends the request when you subscribe, and operators do the rest: splitThinking tells thoughts from the answer, bufferForUi paces it for the screen, accumulateMessage puts the message together, and runTools makes the calls that the model wants made.';

const SUBJECTS: readonly Subject[] = [
  {
    pattern: /\b(?:stop|cancel|abort|unsubscri)/i,
    text: 'Unsubscribing stops the model. The request is closed in the same moment, also while the model is still being loaded and no header has come, and whichever way you leave: take, switchMap, takeUntil, or a component that is destroyed. Press Ctrl-C now and you will see it, for this demo does nothing else.',
  },
  {
    pattern: /think|\breason|\btags?\b/i,
    text: 'Some models send their thoughts in a field of their own, others between tags in the text, and the tags may be cut anywhere. splitThinking deals with both: after it every chunk is thinking, or answer, or tools, or done, and never a mixture.',
  },
  {
    pattern: /\b(?:buffer|pace|frame|render|smooth|screen)/i,
    text: 'bufferForUi emits at most once a frame and merges what came in between, so a page renders sixty times a second however fast the model is. It can hold back unfinished words or sentences, and spread the text evenly, as you see it here. Nothing is ever dropped.',
  },
  {
    pattern: /\btools?\b|\bcall/i,
    text: 'A model may call tools on any chunk, several at once, or only on the last one. runTools starts each tool as soon as its call has come, tells the model the results and asks again, until there is nothing more to call: that is what happens whenever you ask me for a sum. A tool may need your approval first, as you see when you ask me for the time.',
  },
  {
    pattern: /\b(?:test|marble)/i,
    text: 'Everything runs in virtual time, so your own pipelines can be tested with marbles and without sleeping. And startScriptedOllama is a real HTTP server that speaks the protocol of Ollama from a script. I live in one.',
  },
];

const ABOUT =
  /\b(?:rxjs|ollama|observable|operator|library|splitthinking|bufferforui|unsubscrib\w*|marbles?)\b/i;
const TOUR = /\btour\b(?! de\b)/i;
const EVERYTHING = /\b(?:everything|all about|in detail|long|tour)\b/i;

/** A short talk about the library, on what the question is about; `undefined` if it isn't about it. */
export function talkAbout(question: string): string | undefined {
  if (!ABOUT.test(question) && !TOUR.test(question)) return undefined;
  const fitting = SUBJECTS.filter(
    ({ pattern }) => EVERYTHING.test(question) || pattern.test(question),
  );
  const texts = fitting.map(({ text }) => text);
  return (EVERYTHING.test(question) || !texts.length ? [INTRODUCTION, ...texts] : texts).join(
    '\n\n',
  );
}
