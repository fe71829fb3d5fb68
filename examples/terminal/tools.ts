import { defineTool, type DefinedTool } from 'rxjs-ollama';
import { calculate, formatNumber } from './calculate.js';

const calculateTool = defineTool({
  name: 'calculate',
  description: 'Works out an arithmetic expression exactly. Use it for every calculation.',
  parameters: {
    type: 'object',
    required: ['expression'],
    properties: {
      expression: {
        type: 'string',
        description: 'Numbers with + - * / ^ % sqrt and parentheses, such as sqrt(2 + 3) * 4.5',
      },
    },
  },
  execute({ expression }) {
    // A JSON Schema is not checked here, and a model may send the number 5 for "5".
    if (typeof expression !== 'string' && typeof expression !== 'number') {
      throw new Error('calculate needs an "expression", such as 2 + 3');
    }
    return formatNumber(calculate(String(expression)));
  },
});

const currentTimeTool = defineTool({
  name: 'current_time',
  description: 'Tells the current time and date, here or in a time zone.',
  parameters: {
    type: 'object',
    properties: {
      timeZone: {
        type: 'string',
        description: 'An IANA time zone, such as Asia/Tokyo. Leave it out for the local time.',
      },
    },
  },
  needsApproval: () => ({ reason: 'it reads the clock of this machine' }),
  execute({ timeZone: given }) {
    const timeZone = typeof given === 'string' && given ? given : undefined;
    const now = new Date();
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat('en-US', { ...options, timeZone }).format(now);
    try {
      const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
      const { timeZone: zone } = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions();
      return `${time} on ${format({ dateStyle: 'full' })} (${zone})`;
    } catch {
      throw new Error(`"${timeZone ?? ''}" is not an IANA time zone such as Asia/Tokyo`);
    }
  },
});

/** What the model may call. */
export const tools: readonly DefinedTool[] = [calculateTool, currentTimeTool];
