import { checkCount, checkDuration } from '../time.js';
import type { DefinedTool } from './defineTool.js';
import type { RunToolsOptions } from './runTools.js';

/** @throws RangeError or TypeError for an option that a run can't work with */
export function checkRunOptions({
  tools,
  maxSteps,
  concurrency,
  toolTimeout,
}: Partial<RunToolsOptions> = {}): void {
  checkTools(tools);
  checkCount('maxSteps', maxSteps);
  checkCount('concurrency', concurrency);
  checkDuration('toolTimeout', toolTimeout);
}

/** @throws TypeError unless these are tools of `defineTool`, each with a name of its own */
export function checkTools(tools: unknown): asserts tools is readonly DefinedTool[] {
  if (!Array.isArray(tools)) {
    throw new TypeError('tools is not an array. Pass the tools that defineTool makes, or [].');
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
