// The page: it asks, shows the answer while it grows, and continues it after a reload or the end of a gateway.
import type { Observable } from 'rxjs';
import { isOllamaError, type Message, type ToolRunEvent } from 'rxjs-ollama';
import { createAnswerView, type AnswerView } from './answerView.js';
import { createApi, type Watch } from './api.js';
import { byId, element } from './dom.js';

const chatBox = byId('main', 'chat');
const connection = byId('p', 'connection');
const message = byId('textarea', 'message');
const send = byId('button', 'send');
const stop = byId('button', 'stop');

const url = new URL(location.href);
/** The chat of this tab, which a reload continues. */
const chat = url.searchParams.get('chat') ?? crypto.randomUUID();
/** A link may bring the key behind its `#`, which browsers send to no server. */
const given = new URLSearchParams(url.hash.slice(1)).get('key');
url.searchParams.set('chat', chat);
url.hash = '';
history.replaceState(null, '', url);

const key = await readKey();
const api = createApi(key);

/** The key of this tab, or what the reader enters. */
async function readKey(): Promise<string> {
  const known = given ?? sessionStorage.getItem('key');
  if (known) return known;
  const dialog = byId('dialog', 'login');
  dialog.showModal();
  await new Promise((resolve) => {
    dialog.addEventListener('close', resolve, { once: true });
  });
  return byId('input', 'key').value;
}

/** Shows an answer until its end. */
function showAnswer(read: (watch: Watch) => Observable<ToolRunEvent>, known?: string): void {
  let run = known;
  let isComplete = false;
  const view = createAnswerView(chatBox, ({ id }, approved) => {
    if (run) void api.decide(run, id, approved);
    // The button that had the focus is gone.
    message.focus();
  });
  const showEnd = (text?: string, kind?: 'bad'): void => {
    view.note(text, kind);
    stop.hidden = true;
    send.hidden = false;
    followEnd();
  };
  stop.onclick = () => {
    if (run) void api.stop(run);
  };
  stop.hidden = false;
  send.hidden = true;
  view.note('Waiting for the answer', 'waiting');
  followEnd(true);
  read({
    onRun: (id) => (run = id),
    onGateway: showGateway,
    onPlace(place) {
      const others = place === 1 ? 'One answer comes' : `${String(place)} answers come`;
      view.note(`${others} before yours`, 'waiting');
    },
  }).subscribe({
    next(event) {
      view.note();
      view.add(event);
      isComplete = event.type === 'finish';
      followEnd();
    },
    error(error: unknown) {
      showEnd(isOllamaError(error) ? error.message : 'The answer could not be shown.', 'bad');
    },
    complete() {
      showEnd(isComplete ? undefined : 'You stopped this answer.');
    },
  });
}

/** Says which gateway answers, or that there is none. */
function showGateway(name: string | undefined): void {
  connection.dataset['state'] = name === undefined ? 'lost' : 'open';
  connection.textContent = name === undefined ? 'Connecting again …' : `Gateway ${name}`;
}

function ask(text: string): void {
  showQuestion(text);
  showAnswer((watch) => api.ask(chat, text, watch));
}

function showQuestion(text: string): void {
  chatBox.append(element('div', { className: 'question' }, text));
}

/** Shows the messages of a chat that the gateway has. */
function showMessages(messages: readonly Message[]): void {
  let view: AnswerView | undefined;
  for (const each of messages) {
    if (each.role === 'user') {
      showQuestion(each.content);
      view = undefined;
    } else {
      view ??= createAnswerView(chatBox, () => undefined);
      view.addMessage(each);
    }
  }
}

/** Shows what the gateway has of this chat, and reads on where an answer is under way. */
async function open(): Promise<void> {
  const known = await api.load(chat);
  if (!known) {
    sessionStorage.removeItem('key');
    showError('The key is not known. Reload the page to enter another one.');
    return;
  }
  sessionStorage.setItem('key', key);
  showMessages(known.messages);
  const { run } = known;
  if (run !== undefined) showAnswer((watch) => api.follow(run, watch), run);
  message.focus();
}

const showError = (text: string): void => {
  chatBox.append(element('p', { className: 'note bad' }, text));
};

/** Keeps the end in view, unless the reader has scrolled up. */
function followEnd(always = false): void {
  const { scrollHeight, scrollTop, clientHeight } = chatBox;
  if (always || scrollHeight - scrollTop - clientHeight < 160) chatBox.scrollTop = scrollHeight;
}

byId('form', 'ask').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = message.value.trim();
  if (!text || send.hidden) return;
  message.value = '';
  ask(text);
});
message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  message.form?.requestSubmit();
});
byId('div', 'ideas').addEventListener('click', ({ target }) => {
  if (target instanceof HTMLButtonElement) ask(target.textContent);
});
byId('button', 'new').addEventListener('click', () => {
  location.search = '';
});

open().catch(() => {
  showError('The gateway can not be reached. Reload the page to try again.');
});
