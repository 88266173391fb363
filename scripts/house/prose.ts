/** Lines of comment, and lines of comment or prose that are too wide to read. */
import { parseSync } from 'oxc-parser';
import type { TextFile } from './tree.ts';

/** The widest line of comment or prose, in columns. */
export const WIDEST = 110;

const isWide = (line: string): boolean => line.length > WIDEST;

/** The lines of a TypeScript file that a comment touches, counted from 1. */
function commentLinesOf({ path, text }: TextFile): readonly number[] {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const lines = new Set<number>();
  for (const { start, end } of parseSync(path, text).comments) {
    for (let line = lineAt(start); line <= lineAt(end); line += 1) lines.add(line);
  }
  return [...lines];
}

/** How many lines of a TypeScript file a comment touches. */
export const countCommentLines = (file: TextFile): number => commentLinesOf(file).length;

/** The places of comment lines that are too wide: `src/app.ts:12`. */
export function wideComments(file: TextFile): readonly string[] {
  const lines = file.text.split('\n');
  return commentLinesOf(file)
    .filter((line) => isWide(lines[line - 1] ?? ''))
    .map((line) => `${file.path}:${line}`);
}

/** The places of Markdown lines that are too wide. Code between fences and the rows of tables may be. */
export function wideProse({ path, text }: TextFile): readonly string[] {
  let fenced = false;
  return text.split('\n').flatMap((line, nth) => {
    const isFence = /^\s*(```|~~~)/.test(line);
    if (isFence) fenced = !fenced;
    return !fenced && !isFence && !/^\s*\|/.test(line) && isWide(line) ? [`${path}:${nth + 1}`] : [];
  });
}
