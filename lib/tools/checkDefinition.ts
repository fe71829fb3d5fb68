import { toJsonSchema, type Schema } from '../core/json/schema.js';
import { describeKind } from '../transport/describeKind.js';
import type { JsonSchema } from '../types/index.js';
import type { ToolDefinition } from './defineTool.js';

/** @throws TypeError for a definition that no tool can be made of */
export function checkDefinition(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError(
      `A tool is defined by an object, not by ${describeKind(definition)}. ` +
        'Pass { name, description, parameters, execute }.',
    );
  }
  const { name, parameters, execute, needsApproval } = definition as Partial<ToolDefinition>;
  if (typeof name !== 'string' || !name) {
    throw new TypeError(
      "The tool has no name. Add the one that the model calls it by, such as name: 'weather'.",
    );
  }
  if (typeof execute !== 'function') {
    throw new TypeError(
      `The tool "${name}" has no execute. Add the function that carries out a call.`,
    );
  }
  if (parameters === undefined) {
    throw new TypeError(
      `The tool "${name}" has no parameters. Add a schema of its arguments, or { type: 'object' } if it has none.`,
    );
  }
  if (needsApproval !== undefined && !/^(boolean|function)$/.test(typeof needsApproval)) {
    throw new TypeError(
      `needsApproval of the tool "${name}" is ${describeKind(needsApproval)}. ` +
        'Set it to true, to false, or to a function of the arguments.',
    );
  }
}

/**
 * The schema of the arguments as the model reads it.
 *
 * @throws TypeError for a schema that is not one of an object
 */
export function toParameters(name: string, schema: Schema): JsonSchema {
  if (!isStandard(schema) && Object.values(Object(schema) as object).some(isStandard)) {
    throw new TypeError(
      `The parameters of the tool "${name}" are an object of schemas. Wrap it in a schema, such as z.object({ … }).`,
    );
  }
  const parameters = toJsonSchema(schema);
  const { type = 'object' } = parameters;
  if ([type].flat().includes('object')) return parameters;
  throw new TypeError(
    `The parameters of the tool "${name}" are of the type ${JSON.stringify(type)}. ` +
      'The arguments of a call are an object: wrap the schema in one.',
  );
}

function isStandard(value: unknown): boolean {
  return Object(value) === value && '~standard' in (value as object);
}
