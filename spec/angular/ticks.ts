import {
  ChangeDetectionStrategy,
  Component,
  afterEveryRender,
  signal,
  type EnvironmentProviders,
  type Signal,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { expect } from '@jest/globals';
import { Observable, animationFrames, scan } from 'rxjs';
import { chatResource, injectConversation, provideOllama } from '../../lib/angular/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, OllamaClient } from '../../lib/types/index.js';
import { ask, until } from './support.js';

const CHUNKS = 1000;
const TEXT = 'word '.repeat(CHUNKS);

/** Sends 1,000 chunks, each in a macrotask of its own, in the zone of its subscriber, as a network does. */
export const client: OllamaClient = {
  chat: () =>
    new Observable<ChatChunk>((subscriber) => {
      let timer: ReturnType<typeof setTimeout>;
      const sendNext = (sent: number): void => {
        timer = setTimeout(() => {
          subscriber.next(sent < CHUNKS ? chunk.answer('word ') : chunk.done());
          if (sent < CHUNKS) sendNext(sent + 1);
          else subscriber.complete();
        });
      };
      sendNext(0);
      return () => {
        clearTimeout(timer);
      };
    }),
};

/** What was counted while the text of all chunks was shown. */
interface Counted {
  /** Change detections of the app. */
  readonly ticks: number;
  /** Animation frames: a machine that is busy needs longer for all chunks. */
  readonly frames: number;
}

/** Shows the text of all chunks, and counts. */
export async function countTicks(
  create: () => () => string,
  ...providers: readonly EnvironmentProviders[]
): Promise<Counted> {
  let ticks = 0;
  let frames = 0;
  @Component({ template: '{{ text() }}', changeDetection: ChangeDetectionStrategy.Eager })
  class Page {
    readonly text = create();

    constructor() {
      afterEveryRender(() => ticks++);
    }
  }
  TestBed.configureTestingModule({
    providers: [...providers, provideOllama({ client, model: 'qwen3' })],
  });
  const fixture = TestBed.createComponent(Page);
  fixture.autoDetectChanges();
  const counting = fixture.ngZone?.runOutsideAngular(() =>
    animationFrames().subscribe(() => frames++),
  );
  await until(() => fixture.componentInstance.text() === TEXT);
  await fixture.whenStable();
  expect((fixture.nativeElement as HTMLElement).textContent).toBe(TEXT);
  counting?.unsubscribe();
  return { ticks, frames };
}

export const showResource = (): Signal<string> => chatResource({ request: () => ask('Hi') }).answer;

export const showConversation = (): (() => string) => {
  const chat = injectConversation();
  chat.send('Hi');
  return () => chat.messages().at(1)?.message.content ?? '';
};

/** What a service of one's own does: it sets a signal with each chunk. */
export const showSource = (chat$: Observable<ChatChunk>): Signal<string> => {
  const text = signal('');
  chat$.pipe(scan((all, { message }) => all + message.content, '')).subscribe((all) => {
    text.set(all);
  });
  return text;
};
