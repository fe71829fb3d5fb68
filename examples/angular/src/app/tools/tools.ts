import { Injectable, inject } from '@angular/core';
import { defineTool, type DefinedTool } from 'rxjs-ollama';
import { concatMap, from, map, scan, startWith } from 'rxjs';
import { Library } from '../library/library';

/** What the model can do in this page. */
@Injectable({ providedIn: 'root' })
export class Tools {
  readonly #library = inject(Library);

  readonly all: readonly DefinedTool[] = [
    defineTool({
      name: 'current_time',
      description: 'Tells the current date and time, here or in a time zone.',
      parameters: {
        type: 'object',
        properties: {
          timeZone: {
            type: 'string',
            description: 'An IANA time zone. Leave it out for the time of the reader.',
            examples: ['Asia/Tokyo', 'Europe/Berlin'],
          },
        },
      },
      execute: ({ timeZone }) => tellTime(timeZone),
    }),
    defineTool({
      name: 'search_conversations',
      description: 'Finds earlier conversations of the reader in which some words occur.',
      parameters: {
        type: 'object',
        required: ['words'],
        properties: {
          words: {
            type: 'string',
            description: 'The words to look for.',
            examples: ['stream', 'trip to Lisbon'],
          },
        },
      },
      needsApproval: () => ({ reason: 'It reads your other conversations.' }),
      execute: ({ words }) => this.#search(words),
    }),
  ];

  /** Emits its progress per conversation; the last value is the result. */
  #search(given: unknown) {
    const words = String(given).toLowerCase();
    const records = this.#library.records();
    return from(records).pipe(
      concatMap(async ({ id, title }) => {
        const messages = await this.#library.messagesOf(id);
        const isFound = messages.some(({ message: { role, content } }) => {
          return role !== 'tool' && content.toLowerCase().includes(words);
        });
        return isFound ? [title] : [];
      }),
      scan((found, titles) => [...found, ...titles], [] as readonly string[]),
      startWith([] as readonly string[]),
      map((found, searched) => ({ searched, of: records.length, found })),
    );
  }
}

function tellTime(given: unknown): string {
  const timeZone = typeof given === 'string' && given ? given : undefined;
  try {
    return new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long', timeZone }).format(
      new Date(),
    );
  } catch {
    throw new Error(`"${timeZone ?? ''}" is not an IANA time zone such as Asia/Tokyo`);
  }
}
