import { checkCount, checkDuration, checkScheduler } from '../time.js';
import { describeKind } from '../transport/describeKind.js';
import type { DefinedTool } from './defineTool.js';
import type { RunToolsOptions } from './runTools.js';

/** @throws RangeError or TypeError for an option that a run can't work with */
export function checkRunOptions({
  tools,
  maxSteps,
  concurrency,
  toolTimeout,
  scheduler,
  onToolError,
  decisions,
  ...callbacks
}: Partial<RunToolsOptions> = {}): void {
  checkTools(tools);
  checkCount('maxSteps', maxSteps);
  checkCount('concurrency', concurrency);
  checkDuration('toolTimeout', toolTimeout);
  checkScheduler(scheduler);
  checkCallback('approve', callbacks.approve, "() => true, or () => 'suspend'");
  checkCallback('stopWhen', callbacks.stopWhen, '(steps) => steps.length > 5');
  checkCallback('prepareStep', callbacks.prepareStep, '(step) => ({ model: … })');
  if (![undefined, 'tell', 'throw'].includes(onToolError)) {
    throw new TypeError(`onToolError is ${String(onToolError)}. Set it to 'tell' or 'throw'.`);
  }
  if (decisions !== undefined && !isRecord(decisions)) {
    throw new TypeError(
      `decisions is ${decisions instanceof Map ? 'a Map' : describeKind(decisions)}. Pass an object such as { call_k3v9x2pq: true }. ` +
        'Object.fromEntries makes one of a Map.',
    );
  }
}

/** @throws TypeError for a request that is not an object, or that has tools of its own */
export function checkRunRequest(request: unknown): void {
  if (typeof request !== 'object' || request === null) {
    throw new TypeError(
      `The request is ${describeKind(request)}. Pass an object such as ` +
        "{ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }.",
    );
  }
  if ((request as { readonly tools?: unknown }).tools === undefined) return;
  throw new TypeError(
    'The request has tools. Pass them in the second argument: runTools(request, { tools }).',
  );
}

/** @throws TypeError unless these are tools of `defineTool`, each with a name of its own */
export function checkTools(tools: unknown): asserts tools is readonly DefinedTool[] {
  if (!Array.isArray(tools)) {
    throw new TypeError(
      `tools is not an array, but ${describeKind(tools)}. Pass the tools that defineTool makes, or [].`,
    );
  }
  const names = new Set<string>();
  for (const tool of tools as readonly (Partial<DefinedTool> | null | undefined)[]) {
    const name = tool?.tool?.function.name;
    if (typeof tool?.execute !== 'function' || name === undefined) {
      throw new TypeError(
        'tools has an element that is not a tool. Make each one with defineTool.',
      );
    }
    if (names.has(name)) {
      throw new TypeError(`tools has two tools named "${name}". Give each a name of its own.`);
    }
    names.add(name);
  }
}

function checkCallback(name: string, callback: unknown, example: string): void {
  if (callback === undefined || typeof callback === 'function') return;
  throw new TypeError(`${name} is ${describeKind(callback)}. Pass a function, such as ${example}.`);
}

/** A Map has no properties that name calls: all of its decisions would be missing. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
