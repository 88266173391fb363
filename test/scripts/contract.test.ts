/** Promise: a schema that takes something from the contract is told so, and one that only adds is not. */
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { brokenPromises, unsettledPromises } from '../../scripts/contract.ts';

const CONTRACT = `
  type Query { refund(by: By!, read: Read! = AUTO): Refund  refunds(first: Int): [Refund!]! }
  enum Read { AUTO LEDGER }
  input By @oneOf { id: ID key: String }
  input Order { direction: Read! = AUTO }
  interface Node { id: ID! }
  type Refund implements Node { id: ID! reason: String }
  type Failure { message: String! }
  union Result = Refund | Failure
`;
const broken = (change: (contract: string) => string): readonly string[] =>
  brokenPromises(buildSchema(CONTRACT), buildSchema(change(CONTRACT)));

test('the contract keeps itself', () => {
  expect(broken((contract) => contract)).toEqual([]);
});

test('a schema may add fields, arguments, values, members and types', () => {
  const more = (contract: string): string =>
    contract
      .replace('reason: String', 'reason: String! amount(in: String): Int')
      .replace('AUTO LEDGER', 'AUTO LEDGER PROVIDER')
      .replace('Refund | Failure', 'Refund | Failure | Extra')
      .replace('key: String }', 'key: String other: Int }')
      .concat('type Extra { id: ID! }');
  expect(broken(more)).toEqual([]);
});

test.each([
  ['a field gone', 'reason: String', '', 'Refund.reason'],
  ['a field that may now be null', '[Refund!]!', '[Refund!]', 'Query.refunds'],
  ['an argument gone', 'refunds(first: Int)', 'refunds', 'first'],
  ['an argument now needed', 'first: Int', 'first: Int!', 'first'],
  ['a new argument that is needed', 'first: Int', 'first: Int after: Int!', 'after'],
  ['another default of an argument', '= AUTO): Refund', '= LEDGER): Refund', 'read'],
  ['another default of an input field', 'direction: Read! = AUTO', 'direction: Read! = LEDGER', 'direction'],
  ['a default gone', '= AUTO): Refund', '): Refund', 'read'],
  ['a value gone', 'AUTO LEDGER', 'AUTO', 'LEDGER'],
  ['a member of a union gone', 'Refund | Failure', 'Refund', 'Failure'],
  ['an interface gone', 'Refund implements Node', 'Refund', 'Node'],
  [
    'a field with arguments that is never null',
    'read: Read! = AUTO): Refund ',
    'read: Read! = AUTO): Refund! ',
    'Query.refund ',
  ],
  ['an input that takes more than one', 'input By @oneOf', 'input By', 'By'],
])('%s', (_, from, to, named) => {
  expect(CONTRACT).toContain(from);
  expect(broken((contract) => contract.replace(from, to))).toContainEqual(expect.stringContaining(named));
});

test('an open promise may be broken, a kept one may not stay open, and any other breach is told', () => {
  expect(unsettledPromises(['later'], ['later'])).toEqual([]);
  expect(unsettledPromises(['later', 'lost'], ['later'])).toEqual(['contract broken: lost']);
  expect(unsettledPromises([], ['later'])).toEqual(['kept by now, so no longer open: later']);
});
