/** Reads a source tree for the rules of the house: imports, uses of the clock, uses of the environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** A use of something that a rule restricts, e.g. `Date.now`, and its line. */
export interface Use {
  readonly what: string;
  readonly line: number;
}

/** One file of the tree. Paths are relative to the tree, with slashes. */
export interface SourceFile {
  readonly path: string;
  /** The files of ours that it imports, types included. A path may lead out of the tree: `../bench/x.ts`. */
  readonly imports: readonly { readonly path: string; readonly line: number }[];
  /** What would make a run unrepeatable: the time, chance, ids. */
  readonly clockUses: readonly Use[];
  readonly environmentUses: readonly Use[];
}

/** Parses every .ts file below a folder, in the order of their paths. Throws when one can't be parsed. */
export function readSource(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
    .map((path) => readSourceFile(path, readFileSync(join(root, path), 'utf8')));
}

/** Members that take the time, chance or an id out of thin air, by the object they belong to. */
const CLOCK_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  Temporal: ['Now'],
  crypto: ['randomUUID'],
};
/** The same as names that can be imported. */
const CLOCK_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['randomUUID'],
  uuid: ['v1', 'v4', 'v6', 'v7'],
};

function readSourceFile(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const [problem] = parsed.errors;
  if (problem) throw new Error(`${path} can't be parsed: ${problem.message}`);

  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const imports: { path: string; line: number }[] = [];
  const clockUses: Use[] = [];
  const environmentUses: Use[] = [];
  const imported = (specifier: string, offset: number): void => {
    if (!specifier.startsWith('.')) return;
    imports.push({ path: posix.join(posix.dirname(path), specifier), line: lineOf(offset) });
  };

  new Visitor({
    ImportDeclaration(node) {
      const from = node.source.value;
      imported(from, node.start);
      for (const specifier of node.specifiers) {
        if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
        const { name } = specifier.imported;
        const use = { what: `${name} of ${from}`, line: lineOf(node.start) };
        if (CLOCK_IMPORTS[from]?.includes(name)) clockUses.push(use);
        if (/^(node:)?process$/.test(from) && name === 'env') environmentUses.push(use);
      }
    },
    ExportNamedDeclaration(node) {
      if (node.source) imported(node.source.value, node.start);
    },
    ExportAllDeclaration(node) {
      imported(node.source.value, node.start);
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') {
        imported(node.source.value, node.start);
      }
    },
    TSImportType(node) {
      imported(node.source.value, node.start);
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier') return;
      const object = node.object.name;
      const { property } = node;
      const member =
        property.type === 'Identifier' ? property.name : property.type === 'Literal' ? property.value : null;
      if (typeof member !== 'string') return;
      const use = { what: `${object}.${member}`, line: lineOf(node.start) };
      if (CLOCK_MEMBERS[object]?.includes(member)) clockUses.push(use);
      if (object === 'process' && member === 'env') environmentUses.push(use);
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        clockUses.push({ what: 'new Date()', line: lineOf(node.start) });
      }
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date') {
        clockUses.push({ what: 'Date()', line: lineOf(node.start) });
      }
    },
  }).visit(parsed.program);

  return { path, imports, clockUses, environmentUses };
}
