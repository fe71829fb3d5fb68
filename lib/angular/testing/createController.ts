import { defer } from 'rxjs';
import type { ChatRequest, OllamaClient } from '../../types/index.js';
import type { OllamaTestingController } from './OllamaTestingController.js';
import { describeChat, openChat, readQuestion, type ChatMatch, type TestChat } from './testChat.js';

/** A controller, and the client whose chats it has. */
export interface Testing {
  readonly controller: Pick<OllamaTestingController, keyof OllamaTestingController>;
  readonly client: OllamaClient;
}

/** Between the client and its consumer stands no promise and no clock. */
export function createController(): Testing {
  const chats: TestChat[] = [];
  const found = new Set<TestChat>();

  const find = (match: ChatMatch = () => true): TestChat[] =>
    chats.filter((chat) => !found.has(chat) && isMatch(chat.request, match));
  const take = (taken: readonly TestChat[]): void => {
    for (const chat of taken) found.add(chat);
  };

  return {
    client: {
      chat: (request) =>
        defer(() => {
          const { chat, chunk$ } = openChat(request);
          chats.push(chat);
          return chunk$;
        }),
    },
    controller: {
      expectOne(match) {
        const matching = find(match);
        const [chat] = matching;
        if (!chat || matching.length > 1) {
          const others = list(chat ? matching : find());
          throw new Error(
            `Expected one chat${describeMatch(match)}, found ${String(matching.length)}. ${chat ? 'They are' : 'Not found so far'}: ${others}.`,
          );
        }
        take(matching);
        return chat;
      },
      expectNone(match) {
        const matching = find(match);
        if (!matching.length) return;
        throw new Error(`Expected no chat${describeMatch(match)}, found ${list(matching)}.`);
      },
      match(match) {
        const matching = find(match);
        take(matching);
        return matching;
      },
      verify() {
        const unexpected = find();
        const open = chats.filter((chat) => found.has(chat) && !chat.closed);
        if (unexpected.length) {
          throw new Error(`The test has not expected these chats: ${list(unexpected)}.`);
        }
        if (open.length) {
          throw new Error(
            `These chats are still open: ${list(open)}. End them with done() or error(), or destroy what asked.`,
          );
        }
      },
    },
  };
}

const isMatch = (request: ChatRequest, match: ChatMatch): boolean =>
  typeof match === 'function' ? match(request) : readQuestion(request) === match;

const describeMatch = (match?: ChatMatch): string =>
  typeof match === 'string' ? ` with ${JSON.stringify(match)}` : match ? ' that matches' : '';

const list = (chats: readonly TestChat[]): string =>
  chats.map(({ request }) => describeChat(request)).join(', ') || 'none';
