/**
 * Promise: each column of the table counts what it says, on a small house whose figures can be counted by
 * hand.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { columnsOf, type Column } from '../../scripts/house/columns.ts';

type Tree = Readonly<Record<string, string>>;

const wide = 'w'.repeat(111);
const fits = 'f'.repeat(110 - '// '.length);

const HOUSE: Tree = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: { module: 'nodenext', allowImportingTsExtensions: true, noEmit: true, strict: true, types: [] },
    include: ['src'],
  }),
  // 8 lines. By name start → step → open → deep, for a function within another belongs to it.
  // Through interfaces start → step → inner → read → deep.
  'src/main.ts': `import { open } from './ledger/ledger.ts';
/** A comment
 * of two lines. */
export function start(): void { step(); }
function step(): void {
  const inner = (): void => { open().read(); };
  inner();
}
`,
  // 12 lines. Two interfaces with functions, one of them made once; one without; a class, an alias.
  'src/ledger/ledger.ts': `export interface Ledger { read(): number; readonly name: string }
export interface Source { readonly load: () => number }
interface Row { readonly id: number }
export type Rows = readonly Row[];
export class Broken extends Error {
  readonly row = 1;
  shown(): number { return this.row; }
}
export const open = (): Ledger => ({ read: () => deep(1, 2, 3, 4), name: 'ledger' });
function deep(a: number, b: number, c: number, d: number): number { return a + b + c + d; }
export const SOURCES: readonly Source[] = [{ load: () => 1 }, { load: () => 2 }];
export { SOURCES as ALL, deep };
`,
  // 5 lines: two any, one cast, one !, and none of each in what only looks so.
  'src/ledger/loose.ts': `export const loose = (x: any, y: any): number => (x as string).length + y!.length;
const any = 'as string';
export const FIXED = [any, 'x!'] as const satisfies readonly string[];
interface Row { readonly key: string }
export const row: Row = { key: '' };
`,
  'src/paging/window.ts': `// ${wide}\n// ${fits}\nexport const code = '${wide}';\n`,
  'src/services/reading/provider-pages.ts': 'export {};\n\n',
  'src/services/reading/list.ts': 'export {};\n',
  'src/services/listen.ts': 'export {};\n',
  'src/refunds/merge.ts': 'export {};\n',
  'src/refunds/refund.ts': 'export {};\n',
  'src/sandbox/one.ts': `/* ${wide} */\nexport type Row = any;\nexport type Sandbox = { go(): void };\n`,
  'src/sandbox/two.ts': 'export {};\n',
  'src/sandbox/three.ts': 'export {};\n',
  'src/sandbox/four.ts': 'export {};\n',
  'test/one.test.ts': `// ${wide}\n`,
  'README.md': `${wide}\n`,
  'docs/deep/page.md': `short\n${wide}\n| ${wide} |\n\`\`\`sh\n${wide}\n\`\`\`\n${fits}\n`,
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function built(tree: Tree): string {
  const root = mkdtempSync(join(tmpdir(), 'house-'));
  folders.push(root);
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('the columns of a small house', () => {
  const columns = new Map<string, Column>(columnsOf(built(HOUSE)).map((column) => [column.key, column]));

  test.each([
    ['size', '9 / 34'],
    ['size-all', '13 / 40'],
    // Two lines in main.ts, two in window.ts.
    ['comments', '11.8 %'],
    ['folders', '4, 2, 2, 2, 1, 1'],
    ['wide-comments', '1, 3'],
    ['wide-prose', '2'],
    ['list', '7 (4)'],
    ['file', '2 / 12 / 12'],
    ['any', '58.8'],
    ['casts', '29.4 / 29.4'],
    // start 1, step 4, inner 1, shown 1, open 1, deep 1, loose 1: the functions of the literals are not
    // counted.
    ['functions', '1 / 4 / 4'],
    ['parameters', '0 / 4 / 4'],
    ['long-lists', '14.3 %'],
    ['exports', '0 / 8 / 8'],
    // Ledger, Source, Row, Rows, Broken; Row of loose.ts.
    ['types', '176.5 (6)'],
    ['homonyms', '1'],
    ['makers', '2, 1'],
    ['chain', '2 / 4 / 4'],
    ['chain-interfaces', '1 / 5 / 5'],
  ])('%s', (key, shown) => {
    expect(columns.get(key)?.figure.shown).toBe(shown);
  });

  test('none is without a case above', () => {
    expect(columns.size).toBe(19);
  });

  test('what misses its goal says where', () => {
    expect(columns.get('wide-comments')?.figure.places).toEqual([
      'src/paging/window.ts:1',
      'src/sandbox/one.ts:1',
      'test/one.test.ts:1',
    ]);
    expect(columns.get('wide-prose')?.figure.places).toEqual(['README.md:1', 'docs/deep/page.md:2']);
    expect(columns.get('homonyms')?.figure.places).toEqual(['Row ×2']);
    expect(columns.get('makers')?.figure.places).toEqual([
      'src/ledger/ledger.ts:1:1 Ledger, made at src/ledger/ledger.ts:9:36',
    ]);
    expect(columns.get('chain-interfaces')?.figure.places).toEqual([
      'main.ts:start → main.ts:step → main.ts:inner → ledger/ledger.ts:read → ledger/ledger.ts:deep',
    ]);
  });
});

const folderOf = (count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`src/sandbox/${nth}.ts`, 'export {};\n']));

test.each([
  ['folders', folderOf(14), true],
  ['folders', folderOf(15), false],
  ['wide-prose', { 'README.md': '' }, true],
  ['wide-comments', { 'bench/load.ts': `// ${fits}\n` }, true],
  ['list', { 'src/paging/a.ts': '\n'.repeat(1250) }, true],
  ['list', { 'src/paging/a.ts': '\n'.repeat(1251) }, false],
  ['list', { 'src/services/reading/provider-pages.ts': '\n'.repeat(1251) }, false],
  ['list', { 'src/services/reading/find.ts': '\n'.repeat(1251) }, true],
] as const)('%s has its goal (%#)', (key, tree, met) => {
  expect(columnsOf(built(tree), [key]).map(({ figure }) => figure.met)).toEqual([met]);
});

const NARROW = Object.fromEntries(Object.entries(HOUSE).filter(([, text]) => !text.includes(wide)));

test.each([
  ['a goal is missed', [], HOUSE, 0],
  ['a goal is missed', ['--check'], HOUSE, 1],
  ['a goal that is held is missed', ['--held'], HOUSE, 1],
  ['only goals that are not held are missed', ['--held'], NARROW, 0],
] as const)('where %s the command %j ends with its code', (_where, options, tree, status) => {
  const script = join(import.meta.dirname, '../../scripts/house.ts');
  const run = spawnSync(process.execPath, [script, ...options, built(tree)], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(status);
});
