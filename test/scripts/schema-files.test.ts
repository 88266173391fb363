/**
 * Promise: whatever has no description is named, caches are told of every type, and descriptions say what is
 * checked.
 */
import { buildSchema, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { graphcacheKeys, possibleTypes } from '../../scripts/cache-files.ts';
import { undescribed } from '../../scripts/described.ts';
import { schema } from '../../src/graphql/schema.ts';
import { PagingError, readWindow } from '../../src/paging/window.ts';

const SMALL = buildSchema(`
  "Reads." type Query { "One." node(id: ID!, "Said." of: Kind): Node  all: [Cat!]! }
  "Kinds." enum Kind { "A." A B }
  "A way." input By { id: ID "The other." key: String }
  interface Node { "Its id." id: ID! }
  "Purrs." type Cat implements Node { "Its id." id: ID! "Its size." size: Size! }
  type Size { "In cm." length: Int! }
  "Either." union Pet = Size | Cat
`);

test('what has no description is named', () => {
  expect(undescribed(SMALL).toSorted()).toEqual(['By.id', 'Kind.B', 'Node', 'Query.all', 'Query.node(id)', 'Size']);
});

test('caches are told which types an interface or a union has, and which field is a key', () => {
  expect(JSON.parse(possibleTypes(SMALL))).toEqual({ Node: ['Cat'], Pet: ['Cat', 'Size'] });
  expect(JSON.parse(graphcacheKeys(SMALL))).toEqual({ Cat: 'id', Size: null });
});

test('the schema of the server leaves nothing out', () => {
  expect(undescribed(schema)).toEqual([]);
  expect(JSON.parse(graphcacheKeys(schema))).toMatchObject({
    Refund: 'id',
    RefundEvent: 'id',
    Money: null,
    PageInfo: null,
  });
});

const counts = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) =>
    Object.values(type.getFields()).flatMap(({ name, args }) =>
      args
        .filter((argument) => argument.name === 'first' || argument.name === 'last')
        .map((argument) => [`${type.name}.${name}`, argument.name, argument.description ?? ''] as const),
    ),
  );

test('there are connections', () => expect(counts.length).toBeGreaterThan(6));

test.each(counts)('%s(%s) says how many rows it takes', (_, argument, description) => {
  const [, least, most] = /\b(\d+) to (\d+)\b/.exec(description) ?? [];
  const takes = (rows: number): boolean => {
    try {
      readWindow({ [argument]: rows });
      return true;
    } catch (error) {
      if (error instanceof PagingError) return false;
      throw error;
    }
  };
  const [from, to] = [Number(least), Number(most)];
  expect([from - 1, from, to, to + 1].map(takes)).toEqual([false, true, true, false]);
  expect(() => readWindow({})).toThrow(`from ${least} to ${most}`);
  expect(() => readWindow({ [argument]: from - 1 })).toThrow(`from ${least} to ${most}`);
  expect(() => readWindow({ [argument]: to + 1 })).toThrow(`from ${least} to ${most}`);
});
