import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inTurn, type Step } from 'rxjs-ollama/testing/node';
import { createGate } from '../../testing/node/support.js';
import { demo, startBench, type ServedChat } from './support.js';

// The page is built first, if it is out of date.
jest.setTimeout(600_000);

let bench: Awaited<ReturnType<typeof startBench>>;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
afterEach(async () => {
  await bench.closePages();
  expect(bench.said.splice(0)).toEqual([]);
});

/** What the browser itself says of a response that fails. */
const expectSaid = (text: string) => {
  expect(bench.said.splice(0)).toEqual([expect.stringContaining(text)]);
};

/** Where the focus is, as a reader of the screen knows it. */
const focused = ({ page }: ServedChat) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

describe('an answer', () => {
  it('streams', async () => {
    const hold = createGate();
    const chat = await bench.open(['Hel', { content: 'lo', delay: hold.gate }, { done: true }]);
    await chat.ask('Hi');
    await chat.isShown('Hel');
    expect(await chat.button('Stop').count()).toBe(1);
    hold.open();
    await chat.isShown('Hello');
    await chat.isComplete();
    expect(await chat.button('Stop').count()).toBe(0);
    expect(await chat.answers.locator('app-figures').textContent()).toMatch(/2 tokens/);
    expect((await chat.chat(1)).outcome).toBe('completed');
  });

  it('thinks in a panel that closes when the answer starts, and keeps the time', async () => {
    const [second, answer, end] = [createGate(), createGate(), createGate()];
    const chat = await bench.open([
      { thinking: 'Let me ' },
      { thinking: 'see.', delay: second.gate },
      { content: 'Hello', delay: answer.gate },
      { done: true, delay: end.gate },
    ]);
    const panel = chat.page.locator('app-thinking-panel');
    await chat.ask('Hi');
    await panel.getByText('Let me').waitFor();
    expect(await panel.getByRole('button').getAttribute('aria-expanded')).toBe('true');
    second.open();
    await panel.getByText('Let me see.').waitFor();
    answer.open();
    await chat.isShown('Hello');
    expect(await panel.getByRole('button').getAttribute('aria-expanded')).toBe('false');
    expect(await panel.textContent()).toMatch(/Thought (briefly|for)/);

    await panel.getByRole('button').click();
    await panel.getByText('Let me see.').waitFor();
    end.open();
    await chat.isComplete();
    // The reader has opened it.
    expect(await panel.getByRole('button').getAttribute('aria-expanded')).toBe('true');
  });

  it.each([
    ['the button', (chat: ServedChat) => chat.button('Stop').click()],
    ['Escape', (chat: ServedChat) => chat.page.keyboard.press('Escape')],
  ])('stops at the server by %s, and keeps its text', async (_, stop) => {
    const chat = await bench.open(['A beginning', { fault: 'hang' }]);
    await chat.ask('Hi');
    await chat.isShown('A beginning');
    await stop(chat);
    expect(await (await chat.chat(1)).closed).toBe('aborted');
    await chat.isShown('You stopped this answer.');
    await chat.isShown('A beginning');
  });

  it('stops at the server before the headers', async () => {
    const chat = await bench.open([{ fault: 'hang' }]);
    await chat.ask('Hi');
    const request = await chat.chat(1);
    await chat.isShown('Waiting for demo');
    await chat.button('Stop').click();
    expect(await request.closed).toBe('aborted');
    await chat.button('Ask again').waitFor();
  });

  it.each([
    ['another conversation', (chat: ServedChat) => chat.button('New chat').click()],
    [
      'the form',
      (chat: ServedChat) => chat.page.getByRole('link', { name: 'Fill in a form' }).click(),
    ],
    ['another page', (chat: ServedChat) => chat.page.goto('about:blank')],
  ])('stops at the server when the reader goes to %s', async (_, leave) => {
    const chat = await bench.open(['A beginning', { fault: 'hang' }]);
    await chat.ask('Hi');
    await chat.isShown('A beginning');
    await leave(chat);
    expect(await (await chat.chat(1)).closed).toBe('aborted');
    expect(chat.chats).toHaveLength(1);
  });

  it('is asked for again', async () => {
    const chat = await bench.open(
      inTurn(['Answer 1', { done: true }], ['Answer 2', { done: true }]),
    );
    await chat.ask('Hi');
    await chat.isShown('Answer 1');
    await chat.button('Answer again').click();
    await chat.isShown('Answer 2');
    expect(await chat.text('Answer 1').count()).toBe(0);
    const messages = [{ role: 'user', content: 'Hi' }];
    expect((await chat.chat(2)).body.messages).toEqual(messages);
  });

  it('is asked for again with another question', async () => {
    const chat = await bench.open(
      inTurn(['Answer 1', { done: true }], ['Answer 2', { done: true }]),
    );
    await chat.ask('Hi');
    await chat.isComplete();
    await chat.questions.hover();
    await chat.button('Edit and send again').click();
    const box = chat.page.getByLabel('Edit the message');
    await box.fill('Hello');
    await box.press('Enter');
    await chat.isShown('Answer 2');
    expect((await chat.chat(2)).body.messages).toEqual([{ role: 'user', content: 'Hello' }]);
    expect(await focused(chat)).toBe('Message');
  });

  it('says when it is empty, and when the limit cut it', async () => {
    const chat = await bench.open(
      inTurn([{ done: true }], ['Some', { done: true, done_reason: 'length' }]),
    );
    await chat.ask('Hi');
    await chat.isShown('The model gave an empty answer.');
    await chat.button('Ask again').click();
    await chat.isShown('reached the length limit');
  });

  it('makes the next question wait', async () => {
    const hold = createGate();
    const chat = await bench.open(
      inTurn(['Answer 1', { done: true, delay: hold.gate }], ['Answer 2', { done: true }]),
    );
    await chat.ask('Question 1');
    await chat.isShown('Answer 1');
    await chat.ask('Question 2');
    await chat.isShown('Waits for the answer above');
    expect(chat.chats).toHaveLength(1);
    hold.open();
    await chat.isShown('Answer 2');
    expect((await chat.chat(2)).body.messages).toHaveLength(3);
  });
});

describe('an error', () => {
  it('in mid-stream keeps the text, and a retry too until there is more', async () => {
    const [hold, rest] = [createGate(), createGate()];
    const chat = await bench.open(
      inTurn(
        ['What has arrived', { fault: 'reset', delay: hold.gate }],
        [{ raw: '' }, { content: 'All of it', delay: rest.gate }, { done: true }],
      ),
    );
    await chat.ask('Hi');
    await chat.isShown('What has arrived');
    hold.open();
    await chat.isShown('The connection broke');
    expect(await chat.answers.count()).toBe(1);
    expectSaid('net::ERR');

    await chat.button('Try again').click();
    await chat.isShown('Waiting for demo');
    await chat.isShown('What has arrived');
    rest.open();
    await chat.isShown('All of it');
    expect(await chat.text('What has arrived').count()).toBe(0);
    expect(chat.chats).toHaveLength(2);
  });

  it('of a model that is missing leads to a pull, and on to the answer', async () => {
    const chat = await bench.open(async (request) => {
      if (request.path === '/api/pull') return [{ status: 'success' }];
      const pulled = chat.ollama.requests.some(({ path }) => path === '/api/pull');
      return pulled ? ['Here I am', { done: true }] : [{ error: 'not found', status: 404 }];
    });
    await chat.ask('Hi');
    await chat.isShown('demo is not on this server');
    expectSaid('404');
    await chat.button('Pull it').click();
    await chat.button('Pull').click();
    await chat.isShown('Here I am');
  });

  it('says that there is no Ollama, and what to do', async () => {
    const chat = await bench.open([]);
    await chat.ollama.close();
    await chat.ask('Hi');
    await chat.isShown("Ollama can't be reached");
    expectSaid('502');
    await chat.isShown('ollama serve');

    await chat.page.reload();
    await chat.isShown('Hi');
    await chat.button('New chat').click();
    await chat.button('Look again').click();
    await chat.isShown("Ollama can't be reached");
    await chat.box.fill('Hi');
    expect(await chat.button('Send').isDisabled()).toBe(true);
    expect(new Set(bench.said.splice(0))).toEqual(new Set([expect.stringContaining('502')]));
  });
});

describe('tools', () => {
  it('are shown as they run, and run when they are allowed to', async () => {
    const chat = await bench.open(demo);
    await chat.ask('What time is it?');
    const cards = chat.page.locator('app-tool-card');
    await chat.button('Allow').waitFor();
    expect(await cards.locator('.state').allTextContents()).toEqual([
      'Done',
      'Needs your approval',
    ]);
    await chat.page.waitForFunction(
      () => document.activeElement?.getAttribute('aria-label') === 'Approve search_conversations',
    );
    expect(chat.chats).toHaveLength(1);

    await chat.page.keyboard.press('Tab');
    await chat.button('Allow').click();
    await chat.isComplete();
    expect(await focused(chat)).toBe('Message');
    expect(await cards.locator('.state').allTextContents()).toEqual(['Done', 'Done']);
    await cards.first().getByText('current_time').click();
    expect(await cards.first().textContent()).toContain('Asia/Tokyo');
    expect(await cards.first().locator('pre').textContent()).toMatch(/20\d\d/);

    const results = (await chat.chat(2)).body.messages?.filter(({ role }) => role === 'tool');
    expect(results?.map(({ tool_name }) => tool_name)).toEqual([
      'current_time',
      'search_conversations',
    ]);
    expect(results?.[1]?.content).toContain('"searched":');
  });

  it('do not run when they are denied, and the model learns it', async () => {
    const chat = await bench.open(demo);
    await chat.ask('What time is it?');
    await chat.button('Deny').click();
    await chat.isComplete();
    expect((await chat.chat(2)).body.messages?.at(-1)).toMatchObject({
      role: 'tool',
      content: 'The call was not approved.',
    });
    expect(await chat.page.locator('app-tool-card .state').last().textContent()).toBe('Denied');
  });

  it('of earlier turns stay', async () => {
    const chat = await bench.open(demo);
    await chat.ask('What time is it?');
    await chat.button('Allow').click();
    await chat.isComplete();
    await chat.page.reload();
    await chat.isComplete();
    const cards = chat.page.locator('app-tool-card');
    expect(await cards.locator('.state').allTextContents()).toEqual(['Done', 'Done']);
    await cards.first().getByText('current_time').click();
    expect(await cards.first().textContent()).toContain('Asia/Tokyo');
  });
});

describe('what the model is asked with', () => {
  const answer: Step[] = ['Yes', { done: true }];

  it('is what it can do, and what the reader wants', async () => {
    const chat = await bench.open(answer);
    await chat.ask('Hi');
    await chat.isComplete();
    const { body } = await chat.chat(1);
    expect(body).toMatchObject({ model: 'demo:latest', think: true });
    expect(body.tools).toHaveLength(2);

    await chat.page.getByLabel('Think').selectOption('High');
    await chat.button('Tools').click();
    await chat.button('Instructions').click();
    await chat.page.getByRole('dialog').getByRole('textbox').fill('Be brief.');
    await chat.button('Done').click();
    await chat.ask('Again');
    const second = await chat.chat(2);
    expect(second.body).toMatchObject({ think: 'high' });
    expect(second.body.tools ?? []).toEqual([]);
    expect(second.body.messages?.[0]).toEqual({ role: 'system', content: 'Be brief.' });
  });

  it('is less for a model that can do less', async () => {
    const chat = await bench.open(answer);
    await chat.choose('plain');
    await chat.page.getByLabel('Think').waitFor({ state: 'detached' });
    expect(await chat.button('Tools').count()).toBe(0);
    expect(await chat.page.locator('input[type=file]').count()).toBe(0);
    await chat.ask('Hi');
    const { body } = await chat.chat(1);
    expect(body).toMatchObject({ model: 'plain:latest' });
    expect(body).not.toHaveProperty('think');
    expect(body.tools ?? []).toEqual([]);
  });

  const PIXEL =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

  it('are images: picked, pasted and dropped', async () => {
    const chat = await bench.open(answer);
    await chat.choose('seer');
    await chat.page.locator('input[type=file]').setInputFiles({
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.from(PIXEL, 'base64'),
    });
    const images = chat.page.locator('app-composer img');
    await images.first().waitFor();

    for (const [type, count] of [
      ['paste', 2],
      ['drop', 3],
    ] as const) {
      await chat.page.evaluate(
        ([event, pixel]) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(pixel), (char) => char.charCodeAt(0));
          data.items.add(new File([bytes], `${event}.png`, { type: 'image/png' }));
          const init = { bubbles: true, cancelable: true };
          document
            .querySelector('app-composer textarea')
            ?.dispatchEvent(
              event === 'paste'
                ? new ClipboardEvent(event, { ...init, clipboardData: data })
                : new DragEvent(event, { ...init, dataTransfer: data }),
            );
        },
        [type, PIXEL] as const,
      );
      await chat.page.waitForFunction(
        (wanted) => document.querySelectorAll('app-composer img').length === wanted,
        count,
      );
    }
    await chat.button('Remove drop.png').click();
    await chat.ask('What is it?');
    expect((await chat.chat(1)).body.messages?.[0]).toMatchObject({ images: [PIXEL, PIXEL] });
    await chat.isComplete();
    expect(await chat.questions.locator('img').count()).toBe(2);
    expect(await images.count()).toBe(0);
  });

  it('is refused if it is not an image', async () => {
    const chat = await bench.open(answer);
    await chat.choose('seer');
    await chat.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('text') });
    await chat.isShown('a.txt is not a PNG');
  });
});

describe('what is kept', () => {
  it('is restored by a reload: the conversation, its settings, the draft', async () => {
    const chat = await bench.open(['An **answer**', { done: true }]);
    await chat.choose('plain');
    await chat.ask('A question');
    await chat.isComplete();
    await chat.box.pressSequentially('A draft');
    await chat.page.reload();
    await chat.isComplete();
    expect(await chat.questions.textContent()).toContain('A question');
    expect(await chat.answers.locator('strong').textContent()).toBe('answer');
    expect(await chat.box.inputValue()).toBe('A draft');
    expect(await chat.button('Model: plain').count()).toBe(1);
    expect(chat.chats).toHaveLength(1);
  });

  it('is restored in mid-answer: what had arrived', async () => {
    const chat = await bench.open(['What had arrived', { fault: 'hang' }]);
    await chat.ask('A question');
    await chat.isShown('What had arrived');
    await chat.page.reload();
    await chat.isShown('You stopped this answer.');
    expect(await chat.answers.textContent()).toContain('What had arrived');
    expect(await (await chat.chat(1)).closed).toBe('aborted');
  });

  it('is a list, from which conversations are opened and deleted', async () => {
    const chat = await bench.open(({ body: { messages } }) => [
      `Answer to ${messages?.at(-1)?.content ?? ''}`,
      { done: true },
    ]);
    await chat.ask('One');
    await chat.isComplete();
    await chat.button('New chat').click();
    await chat.ask('Two');
    await chat.isShown('Answer to Two');
    await chat.isComplete();
    const list = chat.page.getByRole('navigation').getByRole('listitem');
    expect(await list.allTextContents()).toEqual(['Two', 'One']);

    await list.getByRole('link', { name: 'One' }).click();
    await chat.isShown('Answer to One');
    await chat.page.goBack();
    await chat.isShown('Answer to Two');

    await list.first().hover();
    await chat.button('Delete Two').click();
    await chat.button('Delete').click();
    await chat.isShown('What would you like to know?');
    await chat.page.reload();
    await list.first().waitFor();
    expect(await list.allTextContents()).toEqual(['One']);
  });
});

describe('a conversation that is deleted', () => {
  it('stops at the server, and does not come back', async () => {
    const chat = await bench.open(['A beginning', { fault: 'hang' }]);
    await chat.ask('A question');
    await chat.isShown('A beginning');
    const list = chat.page.getByRole('navigation').getByRole('listitem');
    await list.hover();
    await chat.button('Delete A question').click();
    await chat.button('Delete').click();
    expect(await (await chat.chat(1)).closed).toBe('aborted');
    await chat.isShown('What would you like to know?');
    await chat.page.reload();
    await chat.isShown('Conversations are kept in this browser');
    expect(await list.count()).toBe(0);
  });
});

describe('two windows', () => {
  it('have the same list', async () => {
    const chat = await bench.open(['An answer', { done: true }]);
    const second = await bench.context.newPage();
    await second.setViewportSize({ width: 1280, height: 800 });
    await second.goto(chat.page.url());
    await second.getByText('Conversations are kept in this browser').waitFor();
    await chat.page.bringToFront();
    await chat.ask('A question');
    await chat.isComplete();
    await second.bringToFront();
    await second.getByRole('link', { name: 'A question' }).waitFor();
    await second.close();
  });
});

describe('a long conversation', () => {
  const LINES = Array.from({ length: 60 }, (_, i) => `Line ${String(i)}\n\n`);
  const distance = ({ page }: ServedChat) =>
    page
      .locator('.scroller')
      .evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
      );

  it('follows the end, unless the reader has scrolled up', async () => {
    const [hold, end] = [createGate(), createGate()];
    const chat = await bench.open([
      ...LINES,
      { content: 'More\n\n', delay: hold.gate },
      ...LINES,
      { content: 'The end', delay: end.gate },
      { done: true },
    ]);
    await chat.ask('Hi');
    await chat.isShown('Line 59');
    await chat.page.waitForFunction(() => {
      const scroller = document.querySelector('.scroller');
      return scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 2;
    });

    await chat.page.locator('.scroller').hover();
    await chat.page.mouse.wheel(0, -600);
    await chat.button('To the latest').waitFor();
    const top = await chat.page.locator('.scroller').evaluate(({ scrollTop }) => scrollTop);
    hold.open();
    await chat.page.getByText('Line 59').nth(1).waitFor({ state: 'attached' });
    expect(await chat.page.locator('.scroller').evaluate(({ scrollTop }) => scrollTop)).toBe(top);
    expect(await distance(chat)).toBeGreaterThan(600);

    await chat.button('To the latest').click();
    end.open();
    await chat.isComplete();
    expect(await distance(chat)).toBeLessThan(2);
  });
});

describe('the form', () => {
  it('fills in while the JSON streams, and stops at the server', async () => {
    const [hold, hang] = [createGate(), createGate()];
    const chat = await bench.open([
      '{"title": "Four da',
      { content: 'ys", "destination": "Lis', delay: hold.gate },
      { content: 'bon", "wishes": ["Tram', delay: hang.gate },
      { fault: 'hang' },
    ]);
    await chat.page.getByRole('link', { name: 'Fill in a form' }).click();
    await chat.button('Fill in').click();
    const title = chat.page.getByLabel('Title');
    const hasValue = (label: string, value: string) =>
      chat.page.waitForFunction(
        ([wanted, text]) =>
          [...document.querySelectorAll<HTMLInputElement>('form.card input')].some(
            (field) => field.labels?.[0]?.textContent.trim() === wanted && field.value === text,
          ),
        [label, value],
      );
    await hasValue('Title', 'Four da');
    hold.open();
    await hasValue('Destination', 'Lis');
    expect(await title.inputValue()).toBe('Four days');
    hang.open();
    await chat.isShown('Tram');
    const request = await chat.chat(1);
    expect(request.body).toMatchObject({ format: { type: 'object' }, think: false });
    await chat.button('Stop').click();
    expect(await request.closed).toBe('aborted');
    expect(await title.inputValue()).toBe('Four days');
  });

  it('is complete at the end, and can be changed and copied', async () => {
    const chat = await bench.open(demo);
    await chat.page.getByRole('link', { name: 'Fill in a form' }).click();
    await chat.button('Fill in').click();
    await chat.page.locator('button:enabled', { hasText: 'Copy JSON' }).waitFor();
    expect(await chat.page.getByLabel('Nights').inputValue()).toBe('4');
    expect(await chat.page.getByRole('radio', { name: 'slow' }).isChecked()).toBe(true);
    await chat.page.getByLabel('Nights').fill('5');
    await chat.button('Copy JSON').click();
    await chat.button('Copied').waitFor();
    await chat.button('Fill in').click();
    expect((await chat.chat(2)).body).toEqual((await chat.chat(1)).body);
  });
});

describe('a pull', () => {
  it('shows how far it is, and stops at the server', async () => {
    const chat = await bench.open([
      { status: 'pulling', digest: 'sha256:a', total: 600e6, completed: 150e6 },
      { fault: 'hang' },
    ]);
    await chat.page.getByRole('button', { name: /^Model:/ }).click();
    await chat.button('Pull another model').click();
    await chat.page.getByLabel('Its name').fill('qwen3');
    await chat.button('Pull').click();
    await chat.isShown('25 %');
    await chat.isShown('150 MB of 600 MB');
    const request = chat.ollama.requests.find(({ path }) => path === '/api/pull');
    expect(request?.body).toMatchObject({ name: 'qwen3' });
    await chat.page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    expect(await request?.closed).toBe('aborted');
  });
});

describe('what a model can not do to the page', () => {
  const ATTACKS = [
    '<img src="x" onerror="document.title = \'broken\'">\n\n',
    '<script>document.title = "broken"</script>\n\n',
    '[click](javascript:document.title="broken")\n\n',
    '<a href="javascript:document.title=\'broken\'">click</a>\n\n',
    'The end',
  ];

  it('is to run a script: it dies', async () => {
    const chat = await bench.open([...ATTACKS, { done: true }]);
    await chat.ask('Hi');
    await chat.isComplete();
    const answer = chat.answers.locator('app-markdown');
    expect(await answer.locator('img, script, a').count()).toBe(0);
    for (const link of await answer.getByText('click').all()) await link.click();
    expect(await chat.page.title()).toBe('Chat');
  });

  it('is to load a picture: the reader does', async () => {
    const loaded: string[] = [];
    const chat = await bench.open(
      ['![a cat](https://pictures.example/cat.png)', { done: true }],
      (page) =>
        page.route('https://pictures.example/**', (route) => {
          loaded.push(route.request().url());
          return route.fulfill({
            contentType: 'image/svg+xml',
            body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
          });
        }),
    );
    await chat.ask('Hi');
    await chat.isComplete();
    expect(loaded).toEqual([]);
    await chat.page.getByRole('link', { name: 'a cat' }).click();
    await chat.page.getByRole('img', { name: 'a cat' }).waitFor();
    expect(loaded).toEqual(['https://pictures.example/cat.png']);
  });
});

describe('what a screen reader hears', () => {
  it('is what happens, and never the tokens', async () => {
    const chat = await bench.open(demo, (page) =>
      page.addInitScript(() => {
        const heard: string[] = [];
        Object.assign(globalThis, { heard });
        addEventListener('DOMContentLoaded', () => {
          new MutationObserver((records) => {
            for (const { target } of records) {
              const element = target instanceof Element ? target : target.parentElement;
              const text = element?.closest('[aria-live]')?.textContent;
              if (text && heard.at(-1) !== text) heard.push(text);
            }
          }).observe(document, { subtree: true, childList: true, characterData: true });
        });
      }),
    );
    await chat.ask('What time is it?');
    await chat.button('Allow').click();
    await chat.isComplete();
    await chat.page.waitForFunction(() =>
      (globalThis as unknown as { heard: string[] }).heard.includes('Answer complete'),
    );
    const heard = await chat.page.evaluate(
      () => (globalThis as unknown as { heard: string[] }).heard,
    );
    expect(heard).toContain('search_conversations needs your approval');
    for (const text of heard) {
      expect(text).toMatch(/^(Thinking|Answer complete|search_conversations needs your approval)$/);
    }
  });
});
