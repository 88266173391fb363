/**
 * Promise: the lint rules that the house relies on work. A configuration that no longer loads one fails here.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FAULTS: readonly (readonly [rule: string, code: string])[] = [
  ['typescript(no-explicit-any)', 'export const f = (x: any): unknown => x;'],
  ['typescript(no-non-null-assertion)', 'export const f = (x: string | null): string => x!;'],
  ['typescript(no-unsafe-assignment)', 'export const x: number = JSON.parse("1");'],
  ['typescript(no-unsafe-return)', 'export const f = (): number => JSON.parse("1");'],
  ['typescript(no-unsafe-argument)', 'export const x = Math.abs(JSON.parse("1"));'],
  ['typescript(no-unsafe-member-access)', 'export const x: unknown = JSON.parse("{}").a;'],
  ['typescript(no-unsafe-type-assertion)', 'export const f = (x: unknown): string => x as string;'],
  ['typescript(ban-ts-comment)', '// @ts-ignore\nexport const x = 1;'],
  ['typescript(no-floating-promises)', 'Promise.resolve(1);\nexport {};'],
  ['typescript(no-misused-promises)', '[1].forEach(async () => { await Promise.resolve(); });\nexport {};'],
  ['typescript(only-throw-error)', 'export const f = (): never => { throw "no"; };'],
  [
    'typescript(switch-exhaustiveness-check)',
    `export const f = (x: 'a' | 'b'): number => { let y = 0; switch (x) { case 'a': y = 1; break; } return y; };`,
  ],
  [
    'typescript(switch-exhaustiveness-check)',
    `export const f = (x: 'a' | 'b'): number => { switch (x) { case 'a': return 1; default: return 2; } };`,
  ],
  ['import(no-cycle)', `import type { B } from './circle.ts';\nexport type A = B;`],
  ['eslint(no-console)', 'console.log(1);\nexport {};'],
];

const root = mkdtempSync(join(tmpdir(), 'lint-'));
afterAll(() => rmSync(root, { recursive: true }));

let output = '';
beforeAll(() => {
  const compilerOptions = { strict: true, lib: ['esnext'], module: 'nodenext', allowImportingTsExtensions: true };
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true } }));
  for (const [index, [, code]] of FAULTS.entries()) writeFileSync(join(root, `fault-${index}.ts`), code);
  const closing = FAULTS.findIndex(([rule]) => rule === 'import(no-cycle)');
  writeFileSync(join(root, 'circle.ts'), `import type { A } from './fault-${closing}.ts';\nexport type B = A | 1;`);
  writeFileSync(join(root, 'sound.ts'), 'export const twice = (x: number): number => x * 2;');
  const options = ['--config', resolve('.oxlintrc.json'), '--type-aware', '--format=unix', '.'];
  output = spawnSync(resolve('node_modules/.bin/oxlint'), options, { cwd: root, encoding: 'utf8' }).stdout;
});

test.each(FAULTS.map(([rule, code], index) => ({ rule, code, index })))('$rule bites: $code', ({ rule, index }) => {
  const lines = output.split('\n').filter((line) => line.includes(`fault-${index}.ts:`));
  expect(lines).toContainEqual(expect.stringContaining(`[Error/${rule}]`));
});

test('a sound file is let through', () => {
  expect(output).not.toContain('sound.ts');
});
