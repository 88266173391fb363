/** Promise: an error repeats no long input, however it is quoted, and takes no time over it. */
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { withCode } from '../../../src/http/errors/public-error.ts';

const cut = (message: string) => withCode(new GraphQLError(message), 'X').message;

test.each([
  ['Unknown argument "a".', 'Unknown argument "a".'],
  [`got "${'9'.repeat(400)}" here`, `got "${'9'.repeat(60)}…" here`],
  [`got ${'9'.repeat(400)} here`, `got ${'9'.repeat(60)}… here`],
  [`got "${'9'.repeat(400)}`, `got "${'9'.repeat(60)}…"`],
])('%.30s…', (message, expected) => {
  expect(cut(message)).toBe(expected);
});

test('a quarter of a megabyte that opens a quote and never closes it is cut like any other', () => {
  // A search for the closing quote from every quote would take seconds, and the test would time out.
  const text = cut(`Unterminated string: "${'\\"'.repeat(125_000)}\\`);
  expect(text.length).toBeLessThan(100);
}, 1_000);
