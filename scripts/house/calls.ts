/** Who calls whom, and how long the longest way from a function down its calls is. */
import {
  isCallExpression,
  isFunctionDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isNewExpression,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isSourceFile,
  isSpreadAssignment,
  isVariableDeclaration,
  type Node,
  type ObjectLiteralExpression,
} from 'typescript/unstable/ast';
import { SymbolFlags, type Checker, type Symbol } from 'typescript/unstable/sync';
import { partsOf } from './makers.ts';
import { parametersOf } from './shape.ts';
import { nodesIn, type ParsedFile } from './tree.ts';

/**
 * How many functions the longest way down from a function passes, itself included, and the names along the
 * longest.
 */
export interface Chains {
  readonly lengths: readonly number[];
  readonly longest: readonly string[];
}

interface Callable {
  readonly name: string;
  readonly calls: Set<Node>;
}
type Callables = ReadonlyMap<Node, Callable>;

/** A call by its callee's name, and the functions around it, the outermost first. */
interface Call {
  readonly callee: Node;
  readonly around: readonly Node[];
}

const isOutermost = (node: Node): boolean =>
  (isFunctionDeclaration(node) && isSourceFile(node.parent)) ||
  (isVariableDeclaration(node) && isSourceFile(node.parent.parent.parent));

const nameOf = (node: Node): string =>
  isFunctionDeclaration(node) || isVariableDeclaration(node) || isPropertyAssignment(node) || isMethodDeclaration(node)
    ? (node.name?.getText() ?? 'default')
    : '';

function declarationOf(checker: Checker, symbol: Symbol | undefined): Node | null {
  if (!symbol) return null;
  const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.valueDeclaration?.resolve() ?? null;
}

function callablesIn(files: readonly ParsedFile[], isOne: (node: Node) => boolean): Callables {
  const callables = new Map<Node, Callable>();
  for (const { path, syntax } of files) {
    for (const node of nodesIn(syntax)) {
      if (parametersOf(node) && isOne(node)) callables.set(node, { name: `${path}:${nameOf(node)}`, calls: new Set() });
    }
  }
  return callables;
}

function* callsIn(node: Node, around: readonly Node[], callables: Callables): Generator<Call> {
  const within = callables.has(node) ? [...around, node] : around;
  if (isCallExpression(node) || isNewExpression(node)) {
    const { expression } = node;
    if (isIdentifier(expression)) yield { callee: expression, around: within };
    if (isPropertyAccessExpression(expression)) yield { callee: expression.name, around: within };
  }
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* callsIn(child, within, callables);
}

function longestWays(callables: Callables): Chains {
  const ways = new Map<Node, readonly string[]>();
  const open = new Set<Node>();
  // A circle is gone through once: what is open already adds nothing.
  const wayFrom = (node: Node): readonly string[] => {
    const known = ways.get(node);
    if (known) return known;
    const { name, calls } = callables.get(node) ?? { name: '', calls: new Set<Node>() };
    open.add(node);
    let longest: readonly string[] = [];
    for (const called of calls) {
      const way = open.has(called) ? [] : wayFrom(called);
      if (way.length > longest.length) longest = way;
    }
    open.delete(node);
    ways.set(node, [name, ...longest]);
    return [name, ...longest];
  };
  const all = [...callables.keys()].map(wayFrom);
  return {
    lengths: all.map((way) => way.length),
    longest: all.reduce((longest, way) => (way.length > longest.length ? way : longest), []),
  };
}

/**
 * By name over the imports: the callables are the functions at the top of a file, and a function within one
 * belongs to it. A call of a member (`ledger.close()`) leads nowhere.
 */
export function chainsByName(files: readonly ParsedFile[], checker: Checker): Chains {
  const callables = callablesIn(files, isOutermost);
  for (const { syntax } of files) {
    const calls = [...callsIn(syntax, [], callables)].filter(({ callee }) => !isMember(callee));
    const symbols = checker.getSymbolAtLocation(calls.map(({ callee }) => callee));
    for (const [nth, { around }] of calls.entries()) {
      const called = declarationOf(checker, symbols[nth]);
      const [caller] = around;
      if (caller && called && called !== caller && callables.has(called)) callables.get(caller)?.calls.add(called);
    }
  }
  return longestWays(callables);
}

const isMember = (callee: Node): boolean => isPropertyAccessExpression(callee.parent) && callee.parent.name === callee;

/**
 * The functions that a literal gives to the members of the types it is expected to have, by the member's id.
 */
function* givenIn(literal: ObjectLiteralExpression, checker: Checker): Generator<readonly [member: number, Node]> {
  const expected = partsOf(checker.getContextualType(literal));
  for (const property of literal.properties) {
    if (isSpreadAssignment(property)) continue;
    const { name } = property;
    const given = functionGiven(property, checker);
    if (!given || !name) continue;
    const own = checker.getSymbolAtLocation(name);
    if (own) yield [own.id, given];
    for (const type of expected) {
      const member = checker.getPropertyOfType(type, name.getText());
      if (member) yield [member.id, given];
    }
  }
}

function functionGiven(property: Node, checker: Checker): Node | null {
  if (parametersOf(property)) return property;
  if (isShorthandPropertyAssignment(property)) {
    return declarationOf(checker, checker.getShorthandAssignmentValueSymbol(property));
  }
  if (!isPropertyAssignment(property) || !isIdentifier(property.initializer)) return null;
  return declarationOf(checker, checker.getSymbolAtLocation(property.initializer));
}

/**
 * With calls through interfaces: the callables are all named functions, also those within others and in
 * object literals, and a call of a member leads to every function that an object literal gives to this
 * member.
 */
export function chainsThroughInterfaces(files: readonly ParsedFile[], checker: Checker): Chains {
  const callables = callablesIn(files, () => true);
  const given = new Map<number, Set<Node>>();
  for (const node of files.flatMap(({ syntax }) => [...nodesIn(syntax)]).filter(isObjectLiteralExpression)) {
    for (const [member, target] of givenIn(node, checker))
      given.set(member, (given.get(member) ?? new Set()).add(target));
  }
  for (const { syntax } of files) {
    const calls = [...callsIn(syntax, [], callables)];
    const symbols = checker.getSymbolAtLocation(calls.map(({ callee }) => callee));
    for (const [nth, { around }] of calls.entries()) {
      const symbol = symbols[nth];
      const direct = declarationOf(checker, symbol);
      const caller = around.at(-1);
      const targets = direct && callables.has(direct) ? [direct] : [...(given.get(symbol?.id ?? -1) ?? [])];
      for (const called of targets) {
        if (caller && called !== caller && callables.has(called)) callables.get(caller)?.calls.add(called);
      }
    }
  }
  return longestWays(callables);
}
