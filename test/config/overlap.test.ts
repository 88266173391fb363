/** Promise: two accounts whose refunds would be counted twice are named, and no others. */
import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/accounts.ts';
import { overlapping } from '../../src/config/overlap.ts';

const one = {
  key: 'desk',
  provider: 'SHOUTU',
  displayName: 'Desk',
  baseUrl: 'https://library.example',
  secret: 'a-secret',
  appId: 'ALEPH',
  tenantId: 'T1',
  currency: 'CNY',
  timeZone: 'Asia/Shanghai',
};
function pairs(...others: readonly object[]) {
  const reading = parseConfiguration({ accounts: [one, ...others.map((other) => ({ ...one, ...other }))] }, {});
  if (reading.kind === 'wrong') throw new Error(JSON.stringify(reading.problems));
  return overlapping(reading.accounts).map(({ account, other }) => `${account} ${other}`);
}

test.each([
  ['the same application', { key: 'branch' }, true],
  [
    'the same, behind another spelling of the address',
    { key: 'branch', baseUrl: 'https://LIBRARY.example:443/' },
    true,
  ],
  ['an account that takes the rows of every application', { key: 'branch', appId: 'BET', otherApps: 'take' }, true],
  ['another application', { key: 'branch', appId: 'BET' }, false],
  ['another tenant', { key: 'branch', tenantId: 'T2' }, false],
  ['another gateway', { key: 'branch', baseUrl: 'https://other.example' }, false],
])('%s', (_name, other, overlaps) => {
  expect(pairs(other)).toEqual(overlaps ? ['desk branch'] : []);
});

test('of three every pair is named', () => {
  expect(pairs({ key: 'b' }, { key: 'c' })).toEqual(['desk b', 'desk c', 'b c']);
});
