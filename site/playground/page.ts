import { THEMES, STYLE } from '../../spec/support/diagram/style.js';
import { button, h } from './dom.js';
import { perFrame } from './frames.js';
import { createHandles } from './handles.js';
import { fromHash, toHash } from './link.js';
import { FIRST, PRESETS } from './presets.js';
import type { Report } from './report.js';
import { moveMarble, writeRows } from './rows.js';
import { createSandbox } from './sandbox.js';
import { render, showAt } from './screen.js';
import { parseScript, type Parsed, type Script } from './script.js';
import { draw, type Drawing } from './view/draw.js';
import { toModel, type Model } from './view/model.js';

/** A text that is edited. */
interface Editor {
  getText(): string;
  setText(text: string): void;
  destroy(): void;
}

type CreateEditor = (
  parent: HTMLElement,
  text: string,
  cursor: number,
  onChange: () => void,
) => Editor;

/** What the page can't do alone. */
export interface Parts {
  /** The code of the worker. */
  loadWorker(): Promise<string>;
  /** Puts an editor in the place of the text of the code. */
  loadEditor(): Promise<{ readonly createEditor: CreateEditor }>;
  /** The script of a diagram of the documentation; `undefined` if there is none. */
  loadDiagram(name: string): Promise<Script | undefined>;
}

const FRAMES = [1, 5, 10, 20, 50, 100];
/** Marbles and code are read when nothing was typed for so long. */
const PAUSE_MS = 250;
const MAX_FILE = 5_000_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Builds the playground. Returns what ends it. */
export function mountPlayground(root: HTMLElement, parts: Parts): () => void {
  const sandbox = createSandbox(() => parts.loadWorker());
  let script: Script = FIRST;
  let parsed: Parsed = { rows: [], inputs: {} };
  let report: Report | undefined;
  let model: Model | undefined;
  let drawing: Drawing | undefined;
  /** Whether the code may run: it is of this page, or the user has pressed Run. */
  let isTrusted = true;
  /** In ms; `undefined` is the end. */
  let now: number | undefined;
  let zoom = 1;
  let isPlaying = false;

  // --- the elements

  const style = h('style');
  style.textContent = `.pg-svg{${THEMES.light}}html.dark .pg-svg{${THEMES.dark}}`;

  const presets = h('div', { class: 'pg-presets', role: 'group', 'aria-label': 'Examples' });
  const about = h('p', { class: 'pg-about' });
  const notice = h('p', { class: 'pg-notice', role: 'alert', hidden: true });

  const codeText = h('textarea', {
    ...{ class: 'pg-text', id: 'pg-code', rows: 4, spellcheck: 'false', autocapitalize: 'off' },
  });
  const codeField = h('div', { class: 'pg-code' }, codeText);
  const codeError = h('p', { class: 'pg-error', role: 'status', 'aria-live': 'polite' });
  const runButton = button('Run', { class: 'pg-run', title: 'Ctrl + Enter' }, () => {
    isTrusted = true;
    notice.hidden = true;
    read();
  });

  const svgHost = h('div', { class: 'pg-svg', 'aria-hidden': 'true' });
  const veil = h('div', { class: 'pg-veil' });
  const line = h('div', { class: 'pg-now' });
  const layer = h('div', { class: 'pg-handles', role: 'group', 'aria-label': 'Chunks' });
  const stop = h('div', {
    ...{ class: 'pg-stop', role: 'slider', tabindex: 0, hidden: true },
    ...{ 'aria-label': 'Unsubscribe', 'aria-valuemin': 0 },
  });
  const picture = h('div', { class: 'pg-picture' }, svgHost, veil, line, layer, stop);
  const inWords = h('div', { class: 'pg-words' });

  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Time' });
  const clock = h('output', { class: 'pg-clock' });
  const playButton = button('Play', { class: 'pg-play' }, () => {
    if (isPlaying) isPlaying = false;
    else play();
    redraw();
  });
  const zoomOut = button('−', { 'aria-label': 'Zoom out' }, () => {
    setZoom(zoom / 2);
  });
  const zoomIn = button('+', { 'aria-label': 'Zoom in' }, () => {
    setZoom(zoom * 2);
  });
  const stopButton = button(
    'Unsubscribe',
    { class: 'pg-unsubscribe', 'aria-pressed': 'false' },
    () => {
      const stopAt = script.stopAt === undefined ? Math.round(time()) : undefined;
      change({ stopAt });
    },
  );

  const screen = h('div', { class: 'pg-screen' });
  const marblesText = h('textarea', {
    ...{ class: 'pg-text', id: 'pg-marbles', rows: 2, spellcheck: 'false', autocapitalize: 'off' },
  });
  const lettersText = h('textarea', {
    ...{ class: 'pg-text', id: 'pg-letters', rows: 5, spellcheck: 'false', autocapitalize: 'off' },
  });
  const inputError = h('p', { class: 'pg-error', role: 'status', 'aria-live': 'polite' });
  const frameSelect = h('select', { id: 'pg-frame' });
  const file = h('input', {
    type: 'file',
    id: 'pg-file',
    accept: '.ndjson,.jsonl,.txt,application/x-ndjson',
  });
  const said = h('p', { class: 'pg-said', role: 'status', 'aria-live': 'polite' });

  const build = (): void => {
    root.classList.add('pg');
    for (const preset of PRESETS) {
      presets.append(
        button(preset.name, { class: 'pg-preset', 'aria-pressed': 'false' }, () => {
          open(preset);
        }),
      );
    }
    for (const ms of FRAMES) frameSelect.append(h('option', { value: ms }, `${String(ms)} ms`));
    root.replaceChildren(
      style,
      presets,
      about,
      notice,
      h(
        'section',
        { class: 'pg-card pg-top', 'aria-label': 'Code' },
        h('div', { class: 'pg-head' }, h('label', { for: 'pg-code' }, 'Pipeline'), runButton),
        codeField,
        codeError,
      ),
      h(
        'section',
        { class: 'pg-card', 'aria-label': 'Picture' },
        picture,
        h(
          'div',
          { class: 'pg-bar' },
          playButton,
          slider,
          clock,
          stopButton,
          h('span', { class: 'pg-zoom' }, zoomOut, zoomIn),
        ),
      ),
      h(
        'div',
        { class: 'pg-columns' },
        h(
          'section',
          { class: 'pg-card', 'aria-label': 'Screen' },
          h('div', { class: 'pg-head' }, h('h2', {}, 'On the screen')),
          screen,
        ),
        h(
          'section',
          { class: 'pg-card', 'aria-label': 'Input' },
          h(
            'div',
            { class: 'pg-head' },
            h('label', { for: 'pg-marbles' }, 'Chunks as marbles'),
            h(
              'span',
              { class: 'pg-frame' },
              h('label', { for: 'pg-frame' }, 'a character is'),
              frameSelect,
            ),
          ),
          marblesText,
          h('label', { for: 'pg-letters' }, 'What the letters are'),
          lettersText,
          inputError,
          h(
            'p',
            { class: 'pg-drop' },
            h('label', { for: 'pg-file' }, 'Or a recording of recordChat: choose or drop a file'),
            file,
          ),
        ),
      ),
      h(
        'div',
        { class: 'pg-actions' },
        button('Copy link', {}, () => void copyLink()),
        button('Copy as spec', {}, () => void copySpec()),
        button('Save picture', {}, savePicture),
        said,
      ),
      h('details', { class: 'pg-details' }, h('summary', {}, 'The picture in words'), inWords),
    );
  };

  // --- the script

  function show(next: Script): void {
    setCode(next.code);
    marblesText.value = next.marbles;
    lettersText.value = next.letters;
    if (!FRAMES.includes(next.frame)) {
      frameSelect.append(h('option', { value: next.frame }, `${String(next.frame)} ms`));
    }
    frameSelect.value = String(next.frame);
    marblesText.rows = Math.min(6, Math.max(2, next.marbles.split('\n').length));
  }

  function open(next: Script & { readonly about?: string }, trust = true): void {
    script = {
      code: next.code,
      marbles: next.marbles,
      letters: next.letters,
      frame: next.frame,
      stopAt: next.stopAt,
    };
    isTrusted = trust;
    notice.hidden = trust;
    about.textContent = next.about ?? '';
    about.hidden = !next.about;
    for (const [n, each] of [...presets.children].entries()) {
      each.setAttribute('aria-pressed', String(PRESETS[n] === next));
      if (PRESETS[n] === next) each.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    zoom = 1;
    now = undefined;
    report = undefined;
    isPlaying = false;
    show(script);
    refresh();
  }

  /** Takes what the user has typed. */
  function read(): void {
    script = {
      ...script,
      code: getCode(),
      marbles: marblesText.value,
      letters: lettersText.value,
      frame: Number(frameSelect.value),
    };
    refresh();
  }

  function change(fields: Partial<Script>): void {
    script = { ...script, ...fields };
    if (fields.marbles !== undefined) marblesText.value = fields.marbles;
    refresh();
  }

  /** Shows the script, and runs it if that is allowed. */
  function refresh(): void {
    try {
      parsed = parseScript(script);
      inputError.textContent = '';
    } catch (error) {
      inputError.textContent = messageOf(error);
      return;
    }
    update();
    if (isTrusted) void run();
  }

  async function run(): Promise<void> {
    const asked = script;
    try {
      const reply = await sandbox.run('run', asked);
      if (!reply) return;
      codeError.textContent = reply.kind === 'error' ? reply.message : '';
      report = reply.kind === 'run' ? reply.report : undefined;
      if (report?.isCut)
        codeError.textContent =
          'It does not end. The picture ends after a minute, or after 20,000 events.';
    } catch (error) {
      codeError.textContent = messageOf(error);
      report = undefined;
    }
    update();
  }

  function update(): void {
    model = toModel(parsed.rows, parsed.inputs, report, script.stopAt);
    redraw();
  }

  // --- time

  const time = (): number => Math.min(now ?? Infinity, model?.end ?? 0);

  function setZoom(next: number): void {
    zoom = Math.min(64, Math.max(1, next));
    redraw();
  }

  /** A whole minute is not watched: it is over after ten seconds. */
  function play(): void {
    isPlaying = true;
    const end = model?.end ?? 0;
    const speed = Math.max(0.1, end / 10_000) * (end < 3000 ? 0.12 / 0.1 : 1);
    const begun = performance.now();
    const from = time() >= end ? 0 : time();
    const tick = (): void => {
      if (!isPlaying) return;
      now = from + (performance.now() - begun) * speed;
      if (now >= end) {
        now = undefined;
        isPlaying = false;
      } else requestAnimationFrame(tick);
      redraw();
    };
    requestAnimationFrame(tick);
  }

  // --- the picture

  const handles = createHandles(layer, {
    move(row, n, to) {
      const before = parsed.rows[row];
      if (!before) return n;
      const moved = moveMarble(before, n, to, script.frame);
      const rows = parsed.rows.map((each, i) => (i === row ? moved.row : each));
      const marbles = writeRows(rows, script.frame);
      change({ marbles });
      return moved.n;
    },
    remove(row, n) {
      const rows = parsed.rows.map((each, i) =>
        i === row ? { ...each, marbles: each.marbles.filter((_, m) => m !== n) } : each,
      );
      change({ marbles: writeRows(rows, script.frame) });
    },
    scale: () => msPerPx(),
    step: () => script.frame,
  });

  function msPerPx(): number {
    const length = (model?.end ?? 1) / zoom;
    return drawing ? length / (drawing.right - drawing.left) : 1;
  }

  function findView(end: number): { from: number; to: number } {
    const length = end / zoom;
    const from = Math.min(Math.max(0, time() - length / 2), end - length);
    return zoom === 1 ? { from: 0, to: end } : { from, to: from + length };
  }

  function paint(): void {
    if (!model) return;
    const width = Math.max(300, picture.clientWidth);
    const { from, to } = findView(model.end);
    drawing = draw(model, { width, from, to });
    svgHost.innerHTML = toSvg(drawing, width);
    svgHost.dataset['redraws'] = String(Number(svgHost.dataset['redraws'] ?? 0) + 1);
    handles.update(drawing.handles, model.end);
    const { left, right, top, bottom } = drawing;
    const x = (at: number): number =>
      left + ((at - from) / Math.max(1, to - from)) * (right - left);
    const at = time();
    const isWhole = now === undefined;
    line.hidden = veil.hidden = isWhole;
    line.style.cssText = `left:${String(x(at))}px;top:${String(top - 8)}px;height:${String(bottom - top + 8)}px`;
    veil.style.cssText = `left:${String(x(at) + 1)}px;top:${String(top - 8)}px;height:${String(bottom - top + 4)}px`;
    const { stopAt } = script;
    stop.hidden = stopAt === undefined || stopAt < from || stopAt > to;
    if (stopAt !== undefined) {
      stop.style.cssText = `left:${String(x(stopAt))}px;top:2px;height:${String(bottom - 2)}px`;
      stop.setAttribute('aria-valuenow', String(stopAt));
      stop.setAttribute('aria-valuemax', String(Math.ceil(model.end)));
      stop.setAttribute('aria-valuetext', `${String(stopAt)} ms`);
    }
    slider.max = String(Math.ceil(model.end));
    slider.value = String(at);
    slider.setAttribute('aria-valuetext', `${String(Math.round(at))} ms`);
    clock.textContent = `${String(Math.round(at))} ms`;
    playButton.textContent = isPlaying ? 'Pause' : 'Play';
    zoomOut.disabled = zoom === 1;
    stopButton.setAttribute('aria-pressed', String(stopAt !== undefined));
    render(screen, report ? showAt(report.screens, at) : undefined);
    writeWords();
  }

  function writeWords(): void {
    if (!model) return;
    const { inputs, stages } = model;
    const items = [...inputs.map((each) => ({ ...each, call: undefined })), ...stages].map(
      ({ label, call, marks }) => {
        const list = marks
          .filter(({ isGhost }) => !isGhost)
          .slice(0, 60)
          .map(({ at, kind, lines }) => `${String(at)} ms: ${kind} ${lines.join(' ')}`.trim());
        return h('li', {}, h('strong', {}, call ?? label), ` ${list.join('; ') || 'nothing'}.`);
      },
    );
    inWords.replaceChildren(h('ul', {}, ...items));
  }

  const toSvg = ({ content, height }: Drawing, width: number, more = ''): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(Math.ceil(height))}" viewBox="0 0 ${String(width)} ${String(Math.ceil(height))}">${more}${content}</svg>`;

  const redraw = perFrame(paint);

  // --- what leaves the page

  function say(words: string): void {
    said.textContent = words;
  }

  async function copy(text: string, words: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say(words);
    } catch {
      // Without the permission the user copies it.
      const box = h('textarea', { class: 'pg-text', rows: 6, readonly: true, 'aria-label': words });
      box.value = text;
      said.replaceChildren('Copy this: ', box);
      box.select();
    }
  }

  async function copyLink(): Promise<void> {
    try {
      const hash = await toHash(script);
      history.replaceState(history.state, '', hash);
      await copy(location.href, 'The link is copied. It has the code and the chunks.');
    } catch (error) {
      say(messageOf(error));
    }
  }

  async function copySpec(): Promise<void> {
    if (!isTrusted) {
      say('Press Run first: the spec expects what the code emits.');
      return;
    }
    try {
      const reply = await sandbox.run('spec', script);
      if (reply?.kind === 'spec') await copy(reply.text, 'The spec is copied. It runs under jest.');
      if (reply?.kind === 'error') say(reply.message);
    } catch (error) {
      say(messageOf(error));
    }
  }

  function savePicture(): void {
    if (!drawing) return;
    const width = Math.max(300, picture.clientWidth);
    const paper = `<style>${STYLE}</style><rect x="0.5" y="0.5" width="${String(width - 1)}" height="${String(Math.ceil(drawing.height) - 1)}" rx="8" class="paper"/>`;
    const url = URL.createObjectURL(
      new Blob([toSvg(drawing, width, paper)], { type: 'image/svg+xml' }),
    );
    h('a', { href: url, download: 'pipeline.svg' }).click();
    URL.revokeObjectURL(url);
  }

  async function openRecording(recording: File): Promise<void> {
    try {
      if (recording.size > MAX_FILE) throw new RangeError('The file is larger than 5 MB.');
      const { fromRecording } = await import('./recording.js');
      const { marbles, letters } = fromRecording(await recording.text());
      marblesText.value = marbles;
      lettersText.value = letters;
      frameSelect.value = '1';
      zoom = 1;
      now = undefined;
      read();
      say(`${recording.name.slice(0, 80)} is loaded.`);
    } catch (error) {
      inputError.textContent = messageOf(error);
    }
  }

  // --- the editor

  let editor: Editor | undefined;
  const getCode = (): string => editor?.getText() ?? codeText.value;
  function setCode(code: string): void {
    codeText.value = code;
    codeText.rows = Math.min(12, Math.max(3, code.split('\n').length));
    editor?.setText(code);
  }

  let pause: ReturnType<typeof setTimeout> | undefined;
  const readSoon = (): void => {
    clearTimeout(pause);
    pause = setTimeout(read, PAUSE_MS);
  };

  const onHash = async (): Promise<void> => {
    try {
      const [, name] = /^#diagram=([\w-]+)$/.exec(location.hash) ?? [];
      const diagram = name === undefined ? undefined : await parts.loadDiagram(name);
      if (diagram) {
        open(diagram);
        return;
      }
      const linked = await fromHash(location.hash);
      if (!linked) return;
      notice.textContent =
        'This code came with the link. Nothing of it has run. Read it, then press Run.';
      open(linked, false);
    } catch (error) {
      notice.textContent = messageOf(error);
      notice.hidden = false;
    }
  };

  // --- events

  build();
  const isRun = (event: KeyboardEvent): boolean =>
    event.key === 'Enter' && (event.ctrlKey || event.metaKey);
  root.addEventListener('keydown', (event) => {
    if (!isRun(event)) return;
    event.preventDefault();
    runButton.click();
  });
  for (const field of [codeText, marblesText, lettersText])
    field.addEventListener('input', readSoon);
  frameSelect.addEventListener('change', read);
  slider.addEventListener('input', () => {
    isPlaying = false;
    now = Number(slider.value) >= Number(slider.max) ? undefined : Number(slider.value);
    redraw();
  });
  stop.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Delete') change({ stopAt: undefined });
    if (by === undefined) return;
    event.preventDefault();
    change({ stopAt: Math.max(0, (script.stopAt ?? 0) + by * script.frame) });
  });
  stop.addEventListener('pointerdown', (event) => {
    stop.setPointerCapture(event.pointerId);
    const { clientX } = event;
    const { stopAt = 0 } = script;
    stop.onpointermove = (moved) => {
      const to = stopAt + (moved.clientX - clientX) * msPerPx();
      change({ stopAt: Math.max(0, Math.round(to / script.frame) * script.frame) });
    };
    stop.onpointerup = stop.onpointercancel = () => {
      stop.onpointermove = null;
    };
  });
  codeText.addEventListener(
    'focus',
    () => {
      void parts.loadEditor().then(({ createEditor }) => {
        if (editor) return;
        const hasFocus = document.activeElement === codeText;
        const { selectionStart } = codeText;
        editor = createEditor(codeField, codeText.value, selectionStart, readSoon);
        codeText.hidden = true;
        if (hasFocus) codeField.querySelector<HTMLElement>('.cm-content')?.focus();
      });
    },
    { once: true },
  );
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) void openRecording(chosen);
  });
  root.addEventListener('dragover', (event) => {
    event.preventDefault();
  });
  root.addEventListener('drop', (event) => {
    const [dropped] = event.dataTransfer?.files ?? [];
    if (!dropped) return;
    event.preventDefault();
    void openRecording(dropped);
  });
  const onHashChange = (): void => {
    void onHash();
  };
  addEventListener('hashchange', onHashChange);
  const resized = new ResizeObserver(redraw);
  resized.observe(picture);
  if (/^#(?:s|diagram)=/.test(location.hash)) {
    // Until it is read, nothing of another script is shown.
    isTrusted = false;
    void onHash();
  } else open(FIRST);

  return () => {
    isPlaying = false;
    clearTimeout(pause);
    redraw.cancel();
    resized.disconnect();
    removeEventListener('hashchange', onHashChange);
    editor?.destroy();
    sandbox.close();
    root.replaceChildren();
  };
}
