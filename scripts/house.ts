/**
 * `npm run house`: measures how easy the house is to enter, and prints each column beside its goal. Without
 * the sandbox where nothing else is said. `--places` adds where a column misses its goal. `--check` fails
 * when one does; `--held` measures only the columns that `npm run check` holds, and fails likewise. A folder
 * may be named: another repository's.
 *
 * How the columns count, where it is not plain:
 * - A named function is a declaration, a function in a variable or a method of a class; one in an object
 *   literal is none.
 * - A declared type is an interface, an alias, an enum or a class.
 * - An interface with functions spells one out in its own body. Its maker is an object literal or a class
 *   where the type checker expects it, or one that extends it.
 * - The chain by name follows calls of functions at the top of a file; functions inside one belong to it. The
 *   chain through interfaces follows local functions by themselves, too, and every function that a literal
 *   gives to a member. At commit a148817 that makes 21, where an earlier count said 19: two local functions
 *   of jobs/settle.ts are its own.
 * - Prose is README, CHANGELOG and docs/, without tables and fenced code. Comments are those of all our
 *   TypeScript.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { columnsOf, type Column } from './house/columns.ts';

/**
 * The columns that `npm run check` holds, by their keys in house/columns.ts. Add one as soon as it meets its
 * goal: 'folders', 'wide-comments' and 'wide-prose' come back unseen otherwise, and are measured without the
 * type checker.
 */
const HELD: readonly string[] = ['folders', 'wide-prose', 'wide-comments'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    held: { type: 'boolean', default: false },
    places: { type: 'boolean', default: false },
  },
});

const verdictOf = ({ figure }: Column): string => (figure.met === null ? '' : figure.met ? 'met' : 'MISSED');

const columns = columnsOf(positionals[0] ?? join(import.meta.dirname, '..'), options.held ? HELD : null);
const widest = (text: (column: Column) => string): number =>
  Math.max(0, ...columns.map((column) => text(column).length));
const [what, shown, goal] = [
  widest((column) => column.what),
  widest((column) => column.figure.shown),
  widest((column) => column.goal),
];
for (const column of columns) {
  const { figure } = column;
  console.log(
    [column.what.padEnd(what), figure.shown.padEnd(shown), column.goal.padEnd(goal), verdictOf(column)]
      .join('  ')
      .trimEnd(),
  );
  const isAsked = options.places || (options.held && figure.met === false);
  if (isAsked) for (const place of figure.places) console.log(`    ${place}`);
}
if ((options.check || options.held) && columns.some(({ figure }) => figure.met === false)) process.exitCode = 1;
