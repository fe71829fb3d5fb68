import { keepTurns, type Message } from 'rxjs-ollama';

/** About four characters per token in English, and fewer in most other languages. */
const estimate = ({ content }: Message): number => Math.ceil(content.length / 4);

/** A `trim`: the last turns whose estimated tokens fit into the budget, and at least one turn. */
export function keepTokens(
  budget: number,
  count: (message: Message) => number = estimate,
): (messages: readonly Message[]) => readonly Message[] {
  return (messages) => {
    let turns = 0;
    let tokens = 0;
    for (const message of [...messages].reverse()) {
      tokens += count(message);
      if (tokens > budget) break;
      if (message.role === 'user') turns++;
    }
    return keepTurns(Math.max(1, turns))(messages);
  };
}
