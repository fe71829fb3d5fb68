import type { ChatMatch, TestChat } from './testChat.js';

/**
 * The chats that the code under test has asked for, to be answered by the test.
 *
 * _It's like `HttpTestingController`, but an answer is streamed piece by piece._
 *
 * Inject it after {@link provideOllamaTesting}. A chat is found once: `expectOne` and `match` take it.
 *
 * A text matches a chat whose last message of the user is this text. A function matches by the request.
 *
 * ```ts
 * import { Component } from '@angular/core';
 * import { TestBed } from '@angular/core/testing';
 * import { chatResource } from 'rxjs-ollama/angular';
 * import { OllamaTestingController, provideOllamaTesting } from 'rxjs-ollama/angular/testing';
 *
 * @Component({ template: '{{ chat.answer() }}' })
 * class Haiku {
 *   readonly chat = chatResource({
 *     request: () => ({ messages: [{ role: 'user', content: 'A haiku' }] }),
 *   });
 * }
 *
 * TestBed.configureTestingModule({ providers: [provideOllamaTesting()] });
 * const fixture = TestBed.createComponent(Haiku);
 * TestBed.tick();
 * const controller = TestBed.inject(OllamaTestingController);
 * controller.expectOne('A haiku').answer('An old ').answer('silent pond').done();
 * TestBed.tick();
 * console.log(fixture.nativeElement.textContent);
 * controller.verify();
 * ```
 *
 * @see {@link provideOllamaTesting}
 */
export abstract class OllamaTestingController {
  /**
   * Takes the one chat that matches, of those that were not found before.
   *
   * @throws Error if none matches, or several; it lists what was asked
   */
  abstract expectOne(match?: ChatMatch): TestChat;
  /**
   * Takes nothing.
   *
   * @throws Error if a chat matches that was not found before
   */
  abstract expectNone(match?: ChatMatch): void;
  /** Takes all chats that match, of those that were not found before. */
  abstract match(match: ChatMatch): TestChat[];
  /**
   * Call it at the end of a test.
   *
   * @throws Error if a chat was not found by the test, or is still open
   */
  abstract verify(): void;
}
