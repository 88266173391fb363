/** Promise: docs/dependencies.md names every direct dependency, and none that has gone. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const names = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: names, devDependencies: names, optionalDependencies: names })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));

test('the page and package.json name the same packages', () => {
  const rows = readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| (`.*?) \|/gm);
  const described = [...rows].flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '));
  expect(described.toSorted()).toEqual(Object.values(manifest).flatMap(Object.keys).toSorted());
});

test('every version is exact', () => {
  for (const [name, version] of Object.values(manifest).flatMap(Object.entries)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
