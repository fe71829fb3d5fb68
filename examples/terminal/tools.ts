import type { Tool } from 'rxjs-ollama';
import { calculate, formatNumber } from './calculate.js';

/** A function that the model may call: how it is described, and what it does. */
export interface TerminalTool {
  readonly definition: Tool;
  /** The result as text; what it throws is told to the model. */
  run(args: Readonly<Record<string, unknown>>): string;
}

const calculateTool: TerminalTool = {
  definition: {
    type: 'function',
    function: {
      name: 'calculate',
      description: 'Works out an arithmetic expression exactly. Use it for every calculation.',
      parameters: {
        type: 'object',
        required: ['expression'],
        properties: {
          expression: {
            type: 'string',
            description: 'Numbers with + - * / ^ and parentheses, such as (2 + 3) * 4.5',
          },
        },
      },
    },
  },
  run({ expression }) {
    // A model that means well may send the number 5 for the expression "5".
    if (typeof expression !== 'string' && typeof expression !== 'number') {
      throw new Error('calculate needs an "expression", such as 2 + 3');
    }
    return formatNumber(calculate(String(expression)));
  },
};

const currentTimeTool: TerminalTool = {
  definition: {
    type: 'function',
    function: {
      name: 'current_time',
      description: 'Tells the current time and date, here or in a time zone.',
      parameters: {
        type: 'object',
        properties: {
          time_zone: {
            type: 'string',
            description: 'An IANA time zone, such as Asia/Tokyo. Leave it out for the local time.',
          },
        },
      },
    },
  },
  run({ time_zone: given }) {
    const timeZone = typeof given === 'string' && given ? given : undefined;
    const now = new Date();
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat('en-US', { ...options, timeZone }).format(now);
    try {
      const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
      const { timeZone: zone } = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions();
      return `${time} on ${format({ dateStyle: 'full' })} (${zone})`;
    } catch {
      throw new Error(`"${timeZone ?? ''}" is no IANA time zone such as Asia/Tokyo`);
    }
  },
};

export const tools: readonly TerminalTool[] = [calculateTool, currentTimeTool];
