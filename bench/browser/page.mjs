// What runs in the page: it receives and shows one answer, and watches how the page fares meanwhile.
import { ways } from './ways.mjs';

/**
 * All times in ms.
 * @typedef {object} Watched
 * @property {number} seconds until all was shown, or it was given up
 * @property {boolean} complete
 * @property {number[]} frames how long each was
 * @property {number} renders
 * @property {number} mostRenders in one frame, the last one not counted
 * @property {number[]} longTasks how long each was
 * @property {number[]} handled how long each key press waited until a handler of the page saw it
 * @property {number[]} painted how long until the frame after that had been made
 */

/** @param {string} name */
function find(name) {
  const element = document.querySelector(name);
  if (element instanceof HTMLElement) return element;
  throw new Error(`The page has no ${name}.`);
}

/** Calls back once the next frame has been made. @param {() => void} done */
function afterFrame(done) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  requestAnimationFrame(() => {
    port2.postMessage(undefined);
  });
}

/** What a way that can't keep up ends with, at twice the time. */
const GIVEN_UP = new Error('The page did not keep up.');

const getWords = (/** @type {HTMLElement} */ { textContent }) => textContent.trim().split(/\s+/);

/**
 * @param {import('./ways.mjs').Marked} marked
 * @param {{ way: string, host: string, seconds: number, text: string }} params
 * @returns {Promise<Watched>}
 */
export async function watch(marked, { way, host, seconds, text }) {
  const { receive, createShow } = ways[way] ?? {};
  if (!receive || !createShow) throw new Error(`No way is called ${way}.`);
  const [main, article, textarea] = [find('main'), find('article'), find('textarea')];
  const watched = {
    /** @type {number[]} */ frames: [],
    renders: 0,
    mostRenders: 0,
    /** @type {number[]} */ longTasks: [],
    /** @type {number[]} */ handled: [],
    /** @type {number[]} */ painted: [],
  };

  let inFrame = 0;
  let lastFrame = performance.now();
  let frame = requestAnimationFrame(function onFrame() {
    const now = performance.now();
    watched.frames.push(now - lastFrame);
    watched.mostRenders = Math.max(watched.mostRenders, inFrame);
    lastFrame = now;
    inFrame = 0;
    frame = requestAnimationFrame(onFrame);
  });
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longTasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  textarea.addEventListener('keydown', ({ timeStamp }) => {
    watched.handled.push(performance.now() - timeStamp);
    afterFrame(() => watched.painted.push(performance.now() - timeStamp));
  });
  textarea.focus();

  const show = createShow(article, marked);
  const begun = performance.now();
  /** @type {import('./ways.mjs').Show} */
  const onText = (text) => {
    if (performance.now() - begun > seconds * 2000) throw GIVEN_UP;
    watched.renders++;
    inFrame++;
    show(text);
    // Keeps the end in view, as chats do.
    main.scrollTop = main.scrollHeight;
  };
  const complete = await receive(host, onText, seconds).then(
    () => true,
    (/** @type {unknown} */ error) => {
      if (error !== GIVEN_UP) throw error;
      return false;
    },
  );
  const ended = performance.now();
  cancelAnimationFrame(frame);
  await /** @type {Promise<void>} */ (new Promise(afterFrame));
  observer.disconnect();
  // Shown at once, it has to look the same.
  const whole = document.createElement('article');
  createShow(whole, marked)(text);
  if (
    complete &&
    article.hasChildNodes() &&
    String(getWords(article)) !== String(getWords(whole))
  ) {
    throw new Error(`${way} does not show all of the text.`);
  }
  return { ...watched, seconds: (ended - begun) / 1000, complete };
}
