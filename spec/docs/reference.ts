import ts from 'typescript';
import { createProgram } from '../support/program.js';
import { getFile, readEntries, readExports } from './compiler.js';
import { getTag, readComment, unwrap, type Comment } from './tsdoc.js';

/** A parameter or an option. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
  /** What its comment says of it. */
  readonly defaultValue: string | undefined;
  /** What the code says of it, if that is a literal. */
  readonly literal: string | undefined;
}

/** A parameter with fields of its own. */
interface Options {
  readonly type: string;
  readonly meaning: string;
  readonly fields: readonly Field[];
}

/** An operator or a source: what has a page. */
export interface Documented {
  readonly name: string;
  readonly kind: 'operators' | 'sources';
  /** From the root of the repository. */
  readonly file: string;
  readonly comment: Comment;
  /** As it is written. */
  readonly returns: string;
  readonly signature: string;
  readonly parameters: readonly Field[];
  readonly options: readonly Options[];
}

/** All that the pages are made of. */
export interface Reference {
  readonly documented: readonly Documented[];
  readonly names: ReadonlyMap<string, Name>;
}

/** Anything that is exported. */
interface Name {
  /** Where it is declared, from the root of the repository. */
  readonly file: string;
  /** The first paragraph of its comment. */
  readonly summary: string;
  /** Whether there is something of it at run time. */
  readonly isValue: boolean;
}

const getType = (node: { readonly type?: ts.TypeNode | undefined }): string =>
  // As it would stand on one line.
  unwrap(node.type?.getText() ?? '')
    .replaceAll('( ', '(')
    .replaceAll(', )', ')');

/** The type of a parameter's options: the whole type, or the one beside a shorter form. */
function findOptions(type: ts.TypeNode | undefined): ts.TypeNode | undefined {
  if (!type) return undefined;
  if (ts.isUnionTypeNode(type)) return type.types.find(findOptions);
  return /^\w+Options\b/.test(type.getText()) ? type : undefined;
}

/** The default of an option, where a function takes its options apart. */
function findLiteral(parameter: ts.ParameterDeclaration, option: string): string | undefined {
  let code = '';
  const visit = (node: ts.Node): void => {
    const isPattern = ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name);
    if (isPattern && node.initializer?.getText() === parameter.name.getText()) {
      const element = node.name.elements.find(
        ({ name, propertyName }) => (propertyName ?? name).getText() === option,
      );
      code ||= element?.initializer?.getText().replaceAll('_', '') ?? '';
    }
    ts.forEachChild(node, visit);
  };
  visit(parameter.parent);
  return /^('.*'|\d+|true|false|\[\])$/.test(code) ? code : undefined;
}

function readOption(property: ts.Symbol, parameter: ts.ParameterDeclaration): Field {
  const declaration = property.declarations?.find(ts.isPropertySignature);
  if (!declaration) throw new Error(`${property.name} is no plain field.`);
  const comment = readComment(declaration);
  return {
    name: property.name,
    type: getType(declaration),
    required: !declaration.questionToken,
    meaning: unwrap([comment.summary, ...comment.cases].join(' ')),
    defaultValue: getTag(comment, 'defaultValue'),
    literal: findLiteral(parameter, property.name),
  };
}

function readParameter(parameter: ts.ParameterDeclaration, { tags }: Comment): Field {
  const name = parameter.name.getText();
  const about = tags.find((tag) => tag.name === 'param' && tag.text.startsWith(`${name} `));
  return {
    name,
    type: getType(parameter),
    required: !parameter.initializer && !parameter.questionToken,
    meaning: about?.text.slice(name.length + 1) ?? '',
    defaultValue: undefined,
    literal: undefined,
  };
}

function readFunction(
  name: string,
  declaration: ts.FunctionDeclaration,
  checker: ts.TypeChecker,
): Documented | undefined {
  const returns = getType(declaration);
  const isOperator = /^\w*OperatorFunction</.test(returns);
  if (!isOperator && !returns.startsWith('Observable<')) return undefined;
  const comment = readComment(declaration);
  const parameters = declaration.parameters.map((each) => readParameter(each, comment));
  const generic = declaration.typeParameters?.map((each) => each.getText()).join(', ');
  const list = parameters.map((each) => `${each.name}${each.required ? '' : '?'}: ${each.type}`);
  return {
    name,
    kind: isOperator ? 'operators' : 'sources',
    file: getFile(declaration),
    comment,
    returns,
    signature: `${name}${generic ? `<${generic}>` : ''}(${list.join(', ')}): ${returns}`,
    parameters: parameters.filter((_, at) => {
      const type = declaration.parameters[at]?.type;
      return findOptions(type) !== type;
    }),
    options: parameters.flatMap(({ meaning }, at) => {
      const parameter = declaration.parameters[at];
      const options = findOptions(parameter?.type);
      if (!parameter || !options) return [];
      const properties = checker.getTypeFromTypeNode(options).getProperties();
      const fields = properties.map((property) => readOption(property, parameter));
      return { type: getType({ type: options }), meaning, fields };
    }),
  };
}

/** Reads the sources of all entries; operators and sources are those of the root. */
export function readReference(): Reference {
  const entries = readEntries().map(({ source }) => source);
  const program = createProgram(entries);
  const exported = entries.map((source) => readExports(program, source));
  const documented = exported[0]?.flatMap(({ name, declaration }) =>
    ts.isFunctionDeclaration(declaration)
      ? (readFunction(name, declaration, program.getTypeChecker()) ?? [])
      : [],
  );
  const names = exported.flat().map(({ name, symbol, declaration }) => {
    const { summary } = readComment(declaration);
    const isValue = Boolean(symbol.flags & ts.SymbolFlags.Value);
    return [name, { file: getFile(declaration), summary, isValue }] as const;
  });
  return { documented: documented ?? [], names: new Map(names) };
}
