import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { interpolate, UNRESOLVED } from '../../src/config/interpolate.ts';

const folder = mkdtempSync(join(tmpdir(), 'interpolate-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('variables and files are put in at any depth, also inside a longer text', () => {
  const path = join(folder, 'secret');
  writeFileSync(path, 'line one\nline two\n');
  const { value, unresolved } = interpolate(
    { accounts: [{ secret: '${SECRET}', privateKey: `\${file:${path}}`, baseUrl: 'https://${HOST_NAME}/x', n: 3 }] },
    { SECRET: 's3cret', HOST_NAME: 'pay.example' },
  );
  expect(unresolved).toEqual([]);
  expect(value).toEqual({
    accounts: [{ secret: 's3cret', privateKey: 'line one\nline two', baseUrl: 'https://pay.example/x', n: 3 }],
  });
});

test('every missing variable and file is told with its place, and its text is marked', () => {
  const file = { a: ['${NOPE}', '${file:/no/such/file}'], b: 'x${EMPTY}${NOPE}', c: '${FULL}' };
  const { value, unresolved } = interpolate(file, { EMPTY: '', FULL: 'y' });
  expect(unresolved).toEqual([
    { path: ['a', 0], problem: '${NOPE}: the variable NOPE is not set' },
    { path: ['a', 1], problem: "${file:/no/such/file}: the file can't be read (ENOENT)" },
    { path: ['b'], problem: '${EMPTY}: the variable EMPTY is not set' },
    { path: ['b'], problem: '${NOPE}: the variable NOPE is not set' },
  ]);
  expect(value).toEqual({ a: [UNRESOLVED, UNRESOLVED], b: UNRESOLVED, c: 'y' });
});

test('what a variable holds is not looked into again', () => {
  expect(interpolate('${A}', { A: '${B}', B: 'x' }).value).toBe('${B}');
});
