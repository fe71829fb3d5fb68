import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { createApproval } from '../../../examples/terminal/approval.js';
import { createScreen } from '../../../examples/terminal/screen.js';
import {
  FAST,
  SCRIPTED_MODEL,
  startScriptedModel,
} from '../../../examples/terminal/scriptedServer.js';
import { createSession } from '../../../examples/terminal/session.js';
import type { ScriptedOllama } from '../../../lib/testing/node/index.js';

let ollama: ScriptedOllama;

beforeEach(async () => {
  ollama = await startScriptedModel(FAST);
});

afterEach(() => ollama.close());

/** A session with the scripted model, and somebody who reacts when asked for permission. */
function talk(react: (user: { press: (key: string) => void; interrupt: () => void }) => void) {
  const key$ = new Subject<string>();
  const interrupt$ = new Subject<void>();
  const user = {
    press: (key: string) => {
      key$.next(key);
    },
    interrupt: () => {
      interrupt$.next();
    },
  };
  const page = { text: '', states: [] as string[] };
  const screen = createScreen({
    width: 80,
    write(text) {
      page.text += text;
      if (text.includes('[Y/n]')) {
        queueMicrotask(() => {
          react(user);
        });
      }
    },
    status: (line) => page.states.push(line),
  });
  const ask = createSession({
    model: {
      name: SCRIPTED_MODEL,
      introduction: '',
      options: { host: ollama.url },
      describeStop: () => Promise.resolve('Stopped.'),
      advise: String,
      close: () => Promise.resolve(),
    },
    screen,
    buffer: {},
    approve: createApproval(screen, key$),
    interrupt$,
  });
  return { ask, page, key$ };
}

const rolesIn = (request: number) =>
  ollama.requests[request]?.body.messages?.map(({ role }) => role);

describe('a session', () => {
  it('looks at the clock if the user agrees', async () => {
    const { ask, page } = talk(({ press }) => {
      press('y');
    });
    expect(await ask('What time is it in Tokyo?')).toBe('answered');
    expect(page.text).toMatch(
      /\n\nAllow current_time\(timeZone: "Asia\/Tokyo"\)\? \(it reads the clock of this machine\) \[Y\/n\] \n← \d\d:\d\d on .+\n\nThinking\n/,
    );
    expect(page.text).toMatch(/\nIn Tokyo it is \d\d:\d\d on .+ \(Asia\/Tokyo\)\.\n/);
  });

  it('tells the model if the user refuses', async () => {
    const { ask, page } = talk(({ press }) => {
      press('n');
    });
    expect(await ask('What time is it?')).toBe('answered');
    expect(page.text).toContain(
      '\n\nAllow current_time()? (it reads the clock of this machine) [Y/n] \n← The call was not approved.\n\nThinking\n',
    );
    expect(page.text).toContain("\n\nAnswer\nYou didn't let me look at the clock.\n");
    expect(ollama.requests[1]?.body.messages?.at(-1)).toMatchObject({
      role: 'tool',
      content: 'The call was not approved.',
    });
  });

  it('says that it waits for the user, and takes it away in the end', async () => {
    const { ask, page } = talk(({ press }) => {
      press('n');
    });
    await ask('What time is it?');
    expect(page.states).toContain('waiting for you: y or n · Ctrl-C stops');
    expect(page.states.at(-1)).toBe('');
  });

  it('can be interrupted while it asks, and forgets the question', async () => {
    const { ask, page, key$ } = talk(({ interrupt }) => {
      interrupt();
    });
    expect(await ask('What time is it?')).toBe('stopped');
    expect(page.text).toMatch(/\[Y\/n\] \n\nStopped\.\n$/);
    expect(page.states.at(-1)).toBe('');
    expect(key$.observed).toBe(false);
    expect(ollama.requests).toHaveLength(1);

    expect(await ask('Hello')).toBe('answered');
    expect(rolesIn(1)).toEqual(['system', 'user']);
  });

  it('remembers what was said, tools and all', async () => {
    const { ask, page } = talk(() => undefined);
    await ask('What is 17 × 23?');
    await ask('and times 2?');
    expect(page.text).toContain('391 × 2 = 782');
    expect(rolesIn(2)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
  });
});
