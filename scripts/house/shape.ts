/**
 * What the syntax of a file alone decides: its functions and their parameters, its casts, types and exported
 * names.
 */
import {
  isArrowFunction,
  isAsExpression,
  isClassDeclaration,
  isClassExpression,
  isEnumDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isNamedExports,
  isNonNullExpression,
  isPropertyAssignment,
  isTypeAliasDeclaration,
  isTypeAssertion,
  isVariableDeclaration,
  isVariableStatement,
  SyntaxKind,
  type Node,
  type NodeArray,
  type ParameterDeclaration,
  type Statement,
} from 'typescript/unstable/ast';
import { linesOf, nodesIn, type ParsedFile } from './tree.ts';

/** What is counted in one file. */
export interface Shape {
  readonly lines: number;
  readonly anys: number;
  /** `as` and `<T>x`, not `as const` and not `satisfies`. */
  readonly casts: number;
  /** `x!` */
  readonly nonNulls: number;
  readonly functions: readonly { readonly lines: number; readonly parameters: number }[];
  readonly exportedNames: number;
  /** The names of its interfaces, aliases, enums and classes. */
  readonly types: readonly string[];
}

/**
 * The parameters of the function that a node gives a name to: a declaration, a method, or a function that a
 * variable or a property is set to. Null for everything else, constructors and callbacks among them.
 */
export function parametersOf(node: Node): NodeArray<ParameterDeclaration> | null {
  if (isFunctionDeclaration(node) || isMethodDeclaration(node)) return node.body ? node.parameters : null;
  if (!isVariableDeclaration(node) && !isPropertyAssignment(node)) return null;
  const value = node.initializer;
  return value && (isArrowFunction(value) || isFunctionExpression(value)) ? value.parameters : null;
}

/**
 * Counted are declarations, functions in variables and methods of classes. A function in an object literal is
 * not.
 */
const isCounted = (node: Node): boolean =>
  !isPropertyAssignment(node) && !(isMethodDeclaration(node) && !isClass(node.parent));

const isClass = (node: Node): boolean => isClassDeclaration(node) || isClassExpression(node);

/** The name of a type that a node declares, or null. A class without a name is a type, too. */
function typeNameOf(node: Node): string | null {
  if (isInterfaceDeclaration(node) || isTypeAliasDeclaration(node) || isEnumDeclaration(node)) return node.name.text;
  if (isClassDeclaration(node) || isClassExpression(node)) return node.name?.text ?? '(class)';
  return null;
}

function exportedNamesOf(statement: Statement): number {
  if (isExportDeclaration(statement)) {
    const names = statement.exportClause;
    return names && isNamedExports(names) ? names.elements.length : 1;
  }
  if (!/^export\b/.test(statement.getText())) return 0;
  return isVariableStatement(statement) ? statement.declarationList.declarations.length : 1;
}

/** Counts one file. */
export function shapeOf({ syntax, text }: ParsedFile): Shape {
  const nodes = [...nodesIn(syntax)];
  const isCast = (node: Node): boolean =>
    isTypeAssertion(node) || (isAsExpression(node) && node.type.getText() !== 'const');
  return {
    lines: linesOf(text),
    anys: nodes.filter((node) => node.kind === SyntaxKind.AnyKeyword).length,
    casts: nodes.filter(isCast).length,
    nonNulls: nodes.filter(isNonNullExpression).length,
    functions: nodes.filter(isCounted).flatMap((node) => {
      const parameters = parametersOf(node);
      return parameters ? [{ lines: linesOf(node.getText()) + 1, parameters: parameters.length }] : [];
    }),
    exportedNames: syntax.statements.reduce((sum, statement) => sum + exportedNamesOf(statement), 0),
    types: nodes.flatMap((node) => typeNameOf(node) ?? []),
  };
}
