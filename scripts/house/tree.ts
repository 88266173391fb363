/** The repository as the measurements see it: its texts, and its source as the type checker has it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, type Checker } from 'typescript/unstable/sync';
import type { Node, SourceFile } from 'typescript/unstable/ast';

/** A text file. Its path is relative to the repository, with slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A file of `src/` with its syntax. Its path is relative to `src/`, with slashes. */
export interface ParsedFile extends TextFile {
  readonly syntax: SourceFile;
}

/** What `tsc` knows of `src/`. Its process ends with `close`. */
export interface Source {
  readonly files: readonly ParsedFile[];
  readonly checker: Checker;
  readonly close: () => void;
}

/** The files of the repository that a pattern fits (`docs/*.md`), in the order of their paths. */
export function readTexts(root: string, ...patterns: readonly string[]): readonly TextFile[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/**
 * Opens `tsconfig.json` of the repository with TypeScript's own interface. Throws when it lists no file of
 * `src/`.
 */
export function openSource(root: string): Source {
  const api = new API({ cwd: root });
  const [project] = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] }).getProjects();
  if (!project) throw new Error(`${root}/tsconfig.json can't be opened`);
  const files = readTexts(root, 'src/**/*.ts').map(({ path, text }) => {
    const syntax = project.program.getSourceFile(join(root, path));
    if (!syntax) throw new Error(`${path} is not in tsconfig.json`);
    return { path: path.slice('src/'.length), text, syntax };
  });
  return { files, checker: project.checker, close: () => api.close() };
}

/** The node and everything below it, in the order of the text. */
export function* nodesIn(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesIn(child);
}

/** How many lines a text has, as `wc -l` counts them. */
export const linesOf = (text: string): number => text.split('\n').length - 1;
