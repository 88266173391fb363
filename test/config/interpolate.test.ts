import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { interpolate } from '../../src/config/interpolate.ts';

const folder = mkdtempSync(join(tmpdir(), 'interpolate-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('variables and files are put in at any depth, also inside a longer text', () => {
  const path = join(folder, 'secret');
  writeFileSync(path, 'line one\nline two\n');
  const { value, problems } = interpolate(
    { accounts: [{ secret: '${SECRET}', privateKey: `\${file:${path}}`, baseUrl: 'https://${HOST_NAME}/x', n: 3 }] },
    { SECRET: 's3cret', HOST_NAME: 'pay.example' },
  );
  expect(problems).toEqual([]);
  expect(value).toEqual({
    accounts: [{ secret: 's3cret', privateKey: 'line one\nline two', baseUrl: 'https://pay.example/x', n: 3 }],
  });
});

test('every missing variable and file is named with its place', () => {
  const { problems } = interpolate({ a: ['${NOPE}', '${file:/no/such/file}'], b: '${EMPTY}' }, { EMPTY: '' });
  expect(problems).toEqual([
    { setting: 'a.0', problem: '${NOPE}: the variable NOPE is not set' },
    { setting: 'a.1', problem: "${file:/no/such/file}: the file can't be read (ENOENT)" },
    { setting: 'b', problem: '${EMPTY}: the variable EMPTY is not set' },
  ]);
});

test('what a variable holds is not looked into again', () => {
  expect(interpolate('${A}', { A: '${B}', B: 'x' }).value).toBe('${B}');
});
