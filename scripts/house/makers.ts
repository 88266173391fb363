/** Which interfaces have functions, and in how many places their values are made. */
import {
  isClassDeclaration,
  isFunctionTypeNode,
  isInterfaceDeclaration,
  isMethodSignatureDeclaration,
  isNewExpression,
  isObjectLiteralExpression,
  isPropertySignatureDeclaration,
  isTypeAliasDeclaration,
  isTypeLiteralNode,
  type Node,
  type NodeArray,
  type TypeElement,
} from 'typescript/unstable/ast';
import type { Checker, Type } from 'typescript/unstable/sync';
import { nodesIn, type ParsedFile } from './tree.ts';

/** An interface, or an alias of an object type, that spells out a function among its own members. */
export interface Contract {
  readonly name: string;
  /** Where it is declared: `src/ledger/database/database.ts:12:1`. */
  readonly place: string;
  /**
   * Where its values are made, each place once: an object literal, or the class that is created or implements
   * it.
   */
  readonly makers: ReadonlySet<string>;
}

/** Where a node stands, e.g. `src/ledger/database/database.ts:12:7`: two literals can share a line. */
function placeOf({ path, text }: ParsedFile, node: Node): string {
  const before = text.slice(0, node.getStart()).split('\n');
  return `src/${path}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** A type, or the parts of a union or an intersection. */
export const partsOf = (type: Type | undefined): readonly Type[] =>
  type?.isUnionType() || type?.isIntersectionType() ? (type.getTypes() ?? []).flatMap(partsOf) : type ? [type] : [];

const hasFunction = (members: NodeArray<TypeElement>): boolean =>
  members.some(
    (member) =>
      isMethodSignatureDeclaration(member) ||
      (isPropertySignatureDeclaration(member) && member.type !== undefined && isFunctionTypeNode(member.type)),
  );

/**
 * The ids of a type's own name, its alias and the interfaces that it extends: a value of it is a value of
 * those.
 */
function idsOf(type: Type): readonly number[] {
  const own = [type.getAliasSymbol(), type.getSymbol()].flatMap((symbol) => symbol?.id ?? []);
  const target = type.isTypeReference() ? type.getTarget() : type;
  const bases = target.isClassOrInterface() ? (target.getBaseTypes() ?? []) : [];
  return [...own, ...bases.flatMap(idsOf)];
}

/** The types that a value made at this node is to have, and the place that makes it. */
function madeAt(file: ParsedFile, node: Node, checker: Checker): { types: readonly Type[]; place: string } | null {
  if (isObjectLiteralExpression(node)) {
    return { types: partsOf(checker.getContextualType(node)), place: placeOf(file, node) };
  }
  if (isNewExpression(node)) {
    const made = checker.getTypeAtLocation(node)?.getSymbol()?.name ?? '';
    return { types: partsOf(checker.getContextualType(node)), place: `class ${made}` };
  }
  if (!isClassDeclaration(node)) return null;
  const named = (node.heritageClauses ?? []).flatMap(({ types }) => types);
  return {
    types: named.flatMap((type) => partsOf(checker.getTypeAtLocation(type))),
    place: `class ${node.name?.text ?? ''}`,
  };
}

/**
 * Every contract of these files with its makers in them. A literal counts where the type checker expects the
 * contract, spread ones (`{ ...deps, clock }`) among them. A function that is a member by a named type
 * (`clock: Clock`) or by inheritance alone makes no contract.
 */
export function contractsOf(files: readonly ParsedFile[], checker: Checker): readonly Contract[] {
  const contracts = new Map<number, { name: string; place: string; makers: Set<string> }>();
  const all = files.flatMap((file) => [...nodesIn(file.syntax)].map((node) => ({ file, node })));
  for (const { file, node } of all) {
    const alias = isTypeAliasDeclaration(node) && isTypeLiteralNode(node.type) ? node.type.members : null;
    const members = isInterfaceDeclaration(node) ? node.members : alias;
    if (!members || !hasFunction(members) || !(isInterfaceDeclaration(node) || isTypeAliasDeclaration(node))) continue;
    const symbol = checker.getSymbolAtLocation(node.name);
    if (symbol) contracts.set(symbol.id, { name: symbol.name, place: placeOf(file, node), makers: new Set() });
  }
  for (const { file, node } of all) {
    const made = madeAt(file, node, checker);
    for (const id of made?.types.flatMap(idsOf) ?? []) if (made) contracts.get(id)?.makers.add(made.place);
  }
  return [...contracts.values()];
}
