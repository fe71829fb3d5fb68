import type { Message, ToolCall } from 'rxjs-ollama';
import type { Script, Step } from 'rxjs-ollama/testing/node';

/** What the model says to a question that needs no tool. */
export const STORY =
  'A lamp begins as a sheet of steel. A press cuts a disc from it, and a second press draws the disc into a ' +
  'shade. The shade is washed, dried and sprayed with powder, which an oven melts to an even coat of paint. ' +
  'Meanwhile a lathe turns the foot from a rod of brass, and a drill opens the way for the cable. Then a ' +
  'person takes over: she threads the cable, screws in the socket, fits the shade and tightens the last nut. ' +
  'Before the lamp goes into its box, it shines for one minute on a bench. That is the first light it gives.';

const THOUGHT = 'The customer is curious. I tell it in the order of the work.';

const WORDS: Readonly<Record<string, number>> = { a: 1, one: 1, two: 2, three: 3, four: 4 };

/**
 * A script that answers like a model of the shop: it looks into the stock, it orders, and otherwise it tells how
 * a lamp is made.
 *
 * @param delay the time between two words, in ms
 */
export function shopModel(delay: number): Script {
  return ({ body: { messages = [] } }) => ({ steps: answer(messages), delay });
}

function* answer(messages: readonly Message[]): Generator<Step> {
  const results = messages.slice(messages.findLastIndex(({ role }) => role === 'assistant') + 1);
  const [result] = results.filter(({ role }) => role === 'tool');
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (result) yield* say(result.tool_name === 'place_order' ? toReceipt(result) : toOffer(result));
  else if (/\border\b/i.test(asked)) yield call('place_order', toOrder(asked));
  else if (/\b(?:have|stock|cost)\b/i.test(asked)) {
    yield call('check_stock', { search: /desk/i.test(asked) ? 'desk' : 'lamp' });
  } else {
    for (const thinking of toWords(THOUGHT)) yield { thinking };
    yield* say(STORY);
  }
  yield { done: true };
}

function* say(text: string): Generator<Step> {
  yield* toWords(text);
}

/** Words with the space before them. */
const toWords = (text: string): string[] => text.match(/\s*\S+/g) ?? [];

function call(name: string, args: ToolCall['function']['arguments']): Step {
  return { tool_calls: [{ function: { name, arguments: args } }] };
}

function toOrder(asked: string): { item: string; quantity: number } {
  const [, word = ''] = /\border (\w+)/i.exec(asked) ?? [];
  const [, item = 'desk lamp'] = /\b((?:desk|floor) lamp|oak desk)/i.exec(asked) ?? [];
  return { item: item.toLowerCase(), quantity: WORDS[word.toLowerCase()] ?? (Number(word) || 1) };
}

interface Article {
  readonly item: string;
  readonly price: number;
  readonly inStock: number;
}

function toOffer({ content }: Message): string {
  const articles = read(content) as readonly Article[] | undefined;
  if (!articles?.length) return `I found nothing: ${content}`;
  const offers = articles.map(
    ({ item, price, inStock }) => `${item} for ${String(price)} €, ${String(inStock)} in stock`,
  );
  return `We have: ${offers.join('; ')}.`;
}

function toReceipt({ content }: Message): string {
  const order = read(content) as { number: number; total: number } | undefined;
  if (!order) return `I have ordered nothing. ${content}`;
  return `Done. Your order has the number ${String(order.number)}, and costs ${String(order.total)} €.`;
}

/** A result is JSON, unless the call failed or was declined. */
function read(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
