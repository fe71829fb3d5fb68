import type { Locator, Page } from 'playwright-core';
import {
  demoModel,
  startScriptedOllama,
  type Script,
  type ScriptedModels,
  type ScriptedOllama,
} from 'rxjs-ollama/testing/node';
import { servePage } from '../../../examples/angular/server/servePage.js';
import { buildAngularExample } from '../../../scripts/angularExample.js';
import { findBarriers } from '../../support/browser/findBarriers.js';
import { startBrowser } from '../../support/browser/startBrowser.js';
import { takePicture } from '../../support/browser/takePicture.js';

const MODELS: ScriptedModels = {
  ...demoModel().models,
  plain: { capabilities: [] },
  seer: { capabilities: ['vision'] },
};

/** As fast as it can be. */
export const { script: demo } = demoModel({ tokensPerSecond: Infinity, firstChunkMs: 0 });

/** A browser, and the page as it is built. */
export async function startBench() {
  const [folder, { context, said, close }] = [await buildAngularExample(), await startBrowser()];
  const closes: (() => Promise<unknown>)[] = [];

  return {
    ...{ said, context, close },
    /** Opens the page at an origin of its own, that is without conversations. */
    async open(script: Script, prepare?: (page: Page) => Promise<unknown>): Promise<ServedChat> {
      const ollama = await startScriptedOllama(script, { models: MODELS });
      const server = await servePage({ folder, ollama: ollama.url });
      const page = await context.newPage();
      closes.push(
        () => page.close(),
        () => server.close(),
        () => ollama.close(),
      );
      await prepare?.(page);
      await visit(page, server.url);
      return new ServedChat(page, ollama);
    },
    async closePages(): Promise<void> {
      for (const close of closes.splice(0)) await close();
    },
  };
}

/** Opens the page, and waits until it knows what the model can do. */
export async function visit(page: Page, url: string): Promise<void> {
  // It only ends what hangs, also on a busy machine.
  page.setDefaultTimeout(120_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(url);
  await page.getByRole('button', { name: 'Model: demo' }).waitFor();
  await page.getByLabel('Think').waitFor();
}

/** The page as its reader has it. */
export class ChatPage {
  readonly box: Locator;
  readonly answers: Locator;
  readonly questions: Locator;

  constructor(readonly page: Page) {
    this.box = page.getByRole('textbox', { name: 'Message' });
    this.answers = page.locator('app-answer');
    this.questions = page.locator('app-question');
  }

  async ask(question: string): Promise<void> {
    await this.box.fill(question);
    await this.box.press('Enter');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  text(text: string): Locator {
    return this.page.getByText(text);
  }

  async isShown(text: string): Promise<void> {
    await this.text(text).filter({ visible: true }).first().waitFor();
  }

  async isComplete(): Promise<void> {
    await this.button('Copy the answer').last().waitFor();
  }

  async choose(model: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Model:/ }).click();
    await this.page.getByRole('option', { name: model }).click();
    await this.page.getByRole('button', { name: `Model: ${model}` }).waitFor();
  }

  /** Takes pictures of a phone and of a screen, in both themes. Returns the widths that don't fit. */
  async takePictures(name: string): Promise<string[]> {
    const faults: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      for (const width of [390, 1280]) {
        await this.page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
        const wide = await this.page.evaluate(async () => {
          const moving = document
            .getAnimations()
            .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
          await Promise.all(moving.map(({ finished }) => finished));
          return document.documentElement.scrollWidth - innerWidth;
        });
        if (wide > 0) faults.push(`${name}: ${String(wide)} px too wide at ${String(width)} px`);
        await takePicture(this.page, `${name}-${String(width)}-${colorScheme}`);
      }
      faults.push(
        ...(await findBarriers(this.page)).map((barrier) => `${name}, ${colorScheme}: ${barrier}`),
      );
    }
    return faults;
  }
}

/** The page, and the server that answers it. */
export class ServedChat extends ChatPage {
  constructor(
    page: Page,
    readonly ollama: ScriptedOllama,
  ) {
    super(page);
  }

  /** The requests for answers so far. */
  get chats() {
    return this.ollama.requests.filter(({ path }) => path === '/api/chat');
  }

  /** The n-th of them, from 1, as soon as it has arrived. */
  async chat(n: number) {
    for (let i = 1; ; i++) {
      const request = await this.ollama.received(i);
      if (request.path === '/api/chat' && this.chats.indexOf(request) === n - 1) return request;
    }
  }
}
