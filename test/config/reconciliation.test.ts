/**
 * Promise: each member of the configuration's `reconciliation` is optional, and a wrong one ends the start by
 * its name.
 */
import { expect, test } from 'vitest';
import { configurationJsonSchema, parseConfiguration } from '../../src/config/accounts.ts';
import { DEFAULT_RECONCILIATION } from '../../src/config/reconciliation.ts';

const account = {
  key: 'library',
  provider: 'SHOUTU',
  displayName: 'Library',
  baseUrl: 'http://127.0.0.1:1',
  currency: 'CNY',
  appId: 'a',
  tenantId: 't',
  secret: 'hidden',
};
const read = (reconciliation?: unknown) =>
  parseConfiguration({ accounts: [account], ...(reconciliation === undefined ? {} : { reconciliation }) }, {});

test('what is left out has its default', () => {
  expect(read()).toMatchObject({ reconciliation: DEFAULT_RECONCILIATION });
  expect(read({})).toMatchObject({ reconciliation: DEFAULT_RECONCILIATION });
  expect(read({ giveUpAfterSeconds: 60 })).toMatchObject({
    reconciliation: { ...DEFAULT_RECONCILIATION, giveUpAfterSeconds: 60 },
  });
});

test.each([
  ['reconciliation.sweepSeconds', { sweepSeconds: 0 }],
  ['reconciliation.pausesSeconds', { pausesSeconds: [] }],
  ['reconciliation.pausesSeconds[0]', { pausesSeconds: [0] }],
  ['reconciliation.giveUpAfterSeconds', { giveUpAfterSeconds: 'soon' }],
  ['reconciliation', { unknown: 1 }],
])('%s is named when it is wrong', (setting, reconciliation) => {
  expect(read(reconciliation)).toMatchObject({ kind: 'wrong', problems: [{ setting }] });
});

test('the printed schema knows it', () => {
  expect(JSON.stringify(configurationJsonSchema())).toContain('giveUpAfterSeconds');
});
