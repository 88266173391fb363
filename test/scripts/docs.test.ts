/**
 * Promise: what README, CHANGELOG and docs/ name exists: files, links, and the names that stand "in" a file.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const pages = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md')].map((path) => ({
  path,
  text: readFileSync(path, 'utf8').replaceAll(/^```.*?^```/gms, ''),
}));

/** Texts of the groups of a pattern, of every match. */
const allIn = (text: string, pattern: RegExp): readonly (readonly string[])[] =>
  [...text.matchAll(pattern)].map(([, ...groups]) => groups);

/** Pages name files from the root of the repository, or from src/. */
const isHere = (path: string): boolean => existsSync(path) || existsSync(join('src', path));

/** Whether a part of a path stands for the reader's own, like NAME in src/graphql/details/NAME.ts. */
const isPattern = (path: string): boolean => /\b(?:NAME|DATA_DIR)\b/.test(path);

/** The anchors that headings of a page have, as GitHub makes them. */
const anchorsOf = (text: string): readonly string[] =>
  allIn(text, /^#+ (.*)$/gm).map(([heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('$path', ({ path, text }) => {
  test('names files that exist', () => {
    const named = allIn(text, /`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|md|json|graphql|conf))`/g).flat();
    expect(named.filter((file) => !isHere(file) && !isPattern(file))).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    const links = allIn(text, /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g);
    const broken = links.filter(([file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

test('docs/architecture.md names what its files have', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const places = allIn(text, /((?:`\w+`(?:, | and )?)+) in `(src\/[^`]+)`/g);
  expect(places.length).toBeGreaterThan(8);
  for (const [names = '', file = ''] of places) {
    const source = readFileSync(file, 'utf8');
    for (const [name = ''] of allIn(names, /`(\w+)`/g)) expect(source, `${file}: ${name}`).toContain(name);
  }
});
