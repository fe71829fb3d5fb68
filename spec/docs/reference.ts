import path from 'node:path';
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

/** The folders of pages, in the order of the index. */
export const ROOMS = [
  'sources',
  'operators',
  'tools',
  'conversation',
  'angular',
  'node',
  'mcp',
  'otel',
  'errors',
  'testing',
] as const;

/** A value that can be imported: what has a page. */
export interface Documented {
  readonly name: string;
  readonly kind: (typeof ROOMS)[number];
  /** From the root of the repository. */
  readonly file: string;
  /** What it is imported from. */
  readonly entry: string;
  readonly comment: Comment;
  /** As it is written. */
  readonly returns: string;
  readonly signature: string;
  readonly parameters: readonly Field[];
  readonly options: readonly Options[];
  /** What a class, an object, or the result of a function has. */
  readonly members: readonly Field[];
  /** Whether each parameter has a name, which a hover shows. */
  readonly hasNamedParameters: boolean;
}

/** A type that can be imported: what has a heading on a page for all of them. */
export interface DocumentedType {
  readonly name: string;
  readonly entry: string;
  readonly comment: Comment;
  /** What it stands for, if it is an alias. */
  readonly text: string;
  readonly members: readonly Field[];
}

/** All that the pages are made of. */
export interface Reference {
  readonly documented: readonly Documented[];
  readonly types: readonly DocumentedType[];
  readonly names: ReadonlyMap<string, Name>;
}

/** Anything that is exported. */
interface Name {
  /** The first paragraph of its comment. */
  readonly summary: string;
  /** Whether there is something of it at run time. */
  readonly isValue: boolean;
}

const COMMENTS = /\/\*\*[^]*?\*\//g;

const getType = (node: { readonly type?: ts.TypeNode | undefined }): string =>
  // As it would stand on one line.
  unwrap((node.type?.getText() ?? '').replace(COMMENTS, ''))
    .replace(/^\| /, '')
    .replaceAll('( ', '(')
    .replaceAll('; }', ' }')
    .replaceAll(', )', ')');

/** The type of a parameter's options: the whole type, or the one beside a shorter form. */
function findOptions(type: ts.TypeNode | undefined): ts.TypeNode | undefined {
  if (!type) return undefined;
  if (ts.isUnionTypeNode(type)) return type.types.find(findOptions);
  return /^\w+(Options|Definition)\b/.test(type.getText()) ? type : undefined;
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

/** A type's own fields and methods, and those that it has from other types of the same kind. */
function readMembers(type: ts.Type): Field[] {
  return type.getProperties().flatMap((property) => {
    const [declaration] = property.declarations ?? [];
    const isForeign = !declaration || getFile(declaration).includes('node_modules/typescript/');
    return isForeign ? [] : readMember(property.name, declaration);
  });
}

function readMember(name: string, declaration: ts.Declaration): Field {
  const comment = readComment(declaration);
  const { questionToken } = declaration as ts.PropertySignature;
  return {
    name,
    type: getMemberType(declaration),
    required: !questionToken,
    meaning: unwrap([comment.summary, ...comment.cases, ...readInner(declaration)].join(' ')),
    defaultValue: getTag(comment, 'defaultValue'),
    literal: undefined,
  };
}

/** The comments inside a type that has no name. */
function readInner(declaration: ts.Declaration): string[] {
  if (!ts.isPropertySignature(declaration)) return [];
  const comments = declaration.getText().match(COMMENTS) ?? [];
  return comments.map((each) => each.replace(/\/\*\*|\*\/|^ *\*(?!\/)/gm, ' ').trim());
}

function getMemberType(declaration: ts.Declaration): string {
  const node = ts.isPropertyAssignment(declaration) ? declaration.initializer : declaration;
  if (ts.isFunctionLike(node) && !ts.isAccessor(node)) {
    const parameters = node.parameters.map((each) => unwrap(each.getText())).join(', ');
    return `(${parameters}) => ${getType(node)}`;
  }
  const { type, initializer } = node as ts.PropertyDeclaration;
  if (type) return getType({ type });
  return initializer && !ts.isParameter(node) ? initializer.getText() : 'string';
}

const readOption = (property: ts.Symbol, parameter: ts.ParameterDeclaration): Field[] => {
  const [declaration] = property.declarations ?? [];
  if (!declaration) return [];
  const member = readMember(property.name, declaration);
  return [{ ...member, literal: findLiteral(parameter, property.name) }];
};

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

/** The folder of a value's page: by what it returns, or else by where it is declared. */
function findRoom(file: string, returns: string): Documented['kind'] {
  if (file.startsWith('lib/testing/')) return 'testing';
  if (file.startsWith('lib/angular/')) return 'angular';
  if (/^lib\/(node|redis)\//.test(file)) return 'node';
  if (file.startsWith('lib/otel/')) return 'otel';
  if (/^\w*OperatorFunction</.test(returns)) return 'operators';
  if (returns.startsWith('Observable<')) return 'sources';
  const room = path.dirname(file).slice('lib/'.length);
  return ROOMS.find((each) => each === room) ?? 'errors';
}

/** What stands for a value: the parts of its page that depend on its kind. */
type Value = Pick<
  Documented,
  'returns' | 'signature' | 'parameters' | 'options' | 'members' | 'hasNamedParameters'
>;

const isNamed = ({ name }: ts.ParameterDeclaration): boolean => ts.isIdentifier(name);

function readFunction(
  declaration: ts.FunctionDeclaration,
  comment: Comment,
  checker: ts.TypeChecker,
  exported: ReadonlySet<string>,
): Value {
  const name = declaration.name?.text ?? '';
  const returns = getType(declaration);
  const parameters = declaration.parameters.map((each) => readParameter(each, comment));
  const generic = declaration.typeParameters?.map((each) => each.getText()).join(', ');
  const list = parameters.map((each) => `${each.name}${each.required ? '' : '?'}: ${each.type}`);
  const result = /^(?:Promise<)?(\w+)>?$/.exec(returns)?.[1] ?? '';
  const signature = checker.getSignatureFromDeclaration(declaration);
  const returned = signature && checker.getReturnTypeOfSignature(signature);
  return {
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
      const fields = properties.flatMap((property) => readOption(property, parameter));
      return { type: getType({ type: options }), meaning, fields };
    }),
    members:
      returned && exported.has(result)
        ? readMembers(checker.getAwaitedType(returned) ?? returned)
        : [],
    hasNamedParameters: declaration.parameters.every(isNamed),
  };
}

const NO_FUNCTION = { returns: '', parameters: [], options: [] };

function readClass(declaration: ts.ClassDeclaration, checker: ts.TypeChecker): Value {
  const text = declaration.getText();
  const constructor = declaration.members.find(ts.isConstructorDeclaration);
  return {
    ...NO_FUNCTION,
    signature: unwrap(text.slice(text.indexOf('export') + 'export '.length, text.indexOf('{'))),
    members: readMembers(checker.getTypeAtLocation(declaration)),
    hasNamedParameters: (constructor?.parameters ?? []).every(isNamed),
  };
}

function readObject(declaration: ts.Declaration, checker: ts.TypeChecker): Value {
  const { initializer } = declaration as ts.VariableDeclaration;
  const functions =
    initializer && ts.isObjectLiteralExpression(initializer) ? initializer : undefined;
  return {
    ...NO_FUNCTION,
    signature: '',
    members: readMembers(checker.getTypeAtLocation(declaration)),
    hasNamedParameters: (functions?.properties ?? []).every(
      (each) =>
        !ts.isPropertyAssignment(each) ||
        !ts.isArrowFunction(each.initializer) ||
        each.initializer.parameters.every(isNamed),
    ),
  };
}

/** Reads the sources of all entries. */
export function readReference(): Reference {
  const entries = readEntries();
  const program = createProgram(entries.map(({ source }) => source));
  const checker = program.getTypeChecker();
  const exported = entries.flatMap((entry) =>
    readExports(program, entry.source).map((each) => ({
      ...each,
      entry: entry.name,
      file: getFile(each.declaration),
      comment: readComment(each.declaration),
      isValue: Boolean(each.symbol.flags & ts.SymbolFlags.Value),
    })),
  );
  const names = new Map(
    exported.map(({ name, comment: { summary }, isValue }) => [name, { summary, isValue }]),
  );
  const all = new Set(names.keys());
  const documented = exported
    .filter(({ isValue }) => isValue)
    .map(({ name, entry, file, comment, declaration }) => {
      let value: Value;
      if (ts.isFunctionDeclaration(declaration)) {
        value = readFunction(declaration, comment, checker, all);
      } else if (ts.isClassDeclaration(declaration)) value = readClass(declaration, checker);
      else value = readObject(declaration, checker);
      return { name, kind: findRoom(file, value.returns), file, entry, comment, ...value };
    });
  const types = exported
    .filter(({ isValue }) => !isValue)
    .map(({ name, entry, comment, symbol, declaration }) => ({
      name,
      entry,
      comment,
      text: ts.isTypeAliasDeclaration(declaration) ? getType(declaration) : '',
      members: ts.isInterfaceDeclaration(declaration)
        ? readMembers(checker.getDeclaredTypeOfSymbol(symbol))
        : [],
    }));
  return { documented, types, names };
}
