import ts from 'typescript';
import { readExports } from '../docs/compiler.js';

const isOwn = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((node) => !node.getSourceFile().fileName.includes('/node_modules/'));

const isConditional = (type: ts.Type): type is ts.ConditionalType =>
  (type.flags & ts.TypeFlags.Conditional) !== 0;
const isIndexedAccess = (type: ts.Type): type is ts.IndexedAccessType =>
  (type.flags & ts.TypeFlags.IndexedAccess) !== 0;
const isReference = (type: ts.Type): type is ts.TypeReference =>
  (type.flags & ts.TypeFlags.Object) !== 0 &&
  ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;

/** What a type is made of, each by the way that leads to it; of other packages' types only what they are of. */
function* findParts(checker: ts.TypeChecker, type: ts.Type): Generator<[string, ts.Type]> {
  for (const argument of type.aliasTypeArguments ?? []) yield ['<>', argument];
  if (type.isUnionOrIntersection()) for (const part of type.types) yield ['', part];
  if (type.isTypeParameter()) {
    const parts = [checker.getBaseConstraintOfType(type), type.getDefault()];
    for (const part of parts) if (part) yield [` ${type.symbol.name}`, part];
  }
  if (isConditional(type)) {
    const { checkType, extendsType, node } = type.root;
    yield ['?', checkType];
    yield ['?', extendsType];
    yield ['?', checker.getTypeFromTypeNode(node.trueType)];
    yield ['?', checker.getTypeFromTypeNode(node.falseType)];
  }
  if (isIndexedAccess(type)) {
    yield ['[]', type.objectType];
    yield ['[]', type.indexType];
  }
  if (isReference(type)) {
    const parameters = type.target.typeParameters ?? [];
    for (const [i, argument] of checker.getTypeArguments(type).entries()) {
      // `Iterable<T>` has more parameters, which nobody states: what they are is not ours to say.
      const implied = parameters[i]?.getDefault();
      if (argument !== implied) yield ['<>', argument];
    }
  }
  if (!(type.flags & ts.TypeFlags.Object)) return;
  for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
    const { declaration } = signature;
    if (declaration?.getSourceFile().fileName.includes('/node_modules/')) continue;
    for (const parameter of signature.getTypeParameters() ?? []) yield ['<>', parameter];
    for (const parameter of signature.getParameters()) {
      yield [`(${parameter.name})`, checker.getTypeOfSymbol(parameter)];
    }
    yield ['()', signature.getReturnType()];
    const told = checker.getTypePredicateOfSignature(signature)?.type;
    if (told) yield [' is', told];
  }
  for (const property of type.getProperties().filter(isOwn)) {
    yield [`.${property.name}`, checker.getTypeOfSymbol(property)];
  }
  for (const { type: value } of checker.getIndexInfosOfType(type)) yield ['[]', value];
  // There are types without a symbol, such as tuples, whatever the declarations say.
  const [node] = (type.symbol as ts.Symbol | undefined)?.declarations ?? [];
  if (node && ts.isMappedTypeNode(node) && node.type) {
    yield ['[]', checker.getTypeFromTypeNode(node.type)];
  }
}

/** Where `any` stands in what a module exports: in parameters, results, fields, and what generics are bound to. */
export function findAny(program: ts.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Type>();
  const found: string[] = [];

  const visit = (place: string, type: ts.Type): void => {
    if (type.flags & ts.TypeFlags.Any) found.push(place);
    if (seen.has(type)) return;
    seen.add(type);
    for (const [way, part] of findParts(checker, type)) visit(place + way, part);
  };

  for (const { name, symbol } of readExports(program, file)) {
    if (symbol.flags & ts.SymbolFlags.Value) visit(name, checker.getTypeOfSymbol(symbol));
    if (symbol.flags & ts.SymbolFlags.Type) visit(name, checker.getDeclaredTypeOfSymbol(symbol));
  }
  return found;
}
