import { expect, it } from 'vitest';
import { z } from 'zod';
import { bluePaySettings } from '../../../src/providers/bluepay/settings.ts';
import { settingsText, vectors } from './account.ts';

const issuesOf = (more: Record<string, unknown>) =>
  bluePaySettings.safeParse(settingsText(more)).error?.issues.map(({ path }) => path.join('.'));

it('the example of the contract is whole, the rest has its defaults', () => {
  expect(bluePaySettings.parse(settingsText())).toMatchObject({
    key: 'blue',
    timeZone: 'Asia/Shanghai',
    timeoutMs: 10_000,
    maxConcurrency: 32,
    timestampUnit: 'ms',
    signature: { hash: 'SHA256' },
    statuses: {},
    paths: { create: '/open-api/payment/refund', query: '/open-api/refund/payments' },
  });
});

it('what an operator may learn better is a setting', () => {
  const more = {
    timestampUnit: 's',
    minorUnitExponent: 0,
    signature: { hash: 'SHA1' },
    statuses: { VOID: 'CANCELED' },
    paths: { query: '/v2/refunds' },
  };
  expect(bluePaySettings.parse(settingsText(more))).toMatchObject({
    ...more,
    paths: { query: '/v2/refunds', create: '/open-api/payment/refund' },
  });
});

it('every wrong member is named', () => {
  expect(issuesOf({ privateKey: vectors.publicKeySpkiBase64 })).toStrictEqual(['privateKey']);
  expect(issuesOf({ platformPublicKey: 'x' })).toStrictEqual(['platformPublicKey']);
  expect(issuesOf({ currency: 'baht', timestampUnit: 'min', minorUnitExponent: 1.5, appId: '' })).toStrictEqual([
    'currency',
    'appId',
    'timestampUnit',
    'minorUnitExponent',
  ]);
  expect(issuesOf({ statuses: { VOID: 'GONE' } })).toStrictEqual(['statuses.VOID']);
  expect(bluePaySettings.safeParse(settingsText({ privatekey: 'x' })).error?.issues).toMatchObject([
    { code: 'unrecognized_keys', keys: ['privatekey'] },
  ]);
});

it('every default says in the JSON Schema whether it is documented or inferred', () => {
  const schema = z.toJSONSchema(bluePaySettings, { io: 'input' });
  const wingOwn = ['timestampUnit', 'minorUnitExponent', 'statuses'];
  for (const name of wingOwn) {
    const member = schema.properties?.[name];
    expect(typeof member === 'object' && member.description).toMatch(/documented|inferred/);
  }
  expect(schema.required).toStrictEqual([
    'provider',
    'key',
    'displayName',
    'baseUrl',
    'currency',
    'appId',
    'privateKey',
    'platformPublicKey',
  ]);
});

it('what another public page says is not called documented', () => {
  const schema = JSON.stringify(z.toJSONSchema(bluePaySettings, { io: 'input' }));
  expect(schema).toContain('Where refunds are made (another public page)');
  expect(schema).toContain('Where refunds are asked for (documented)');
});
