import { expect, it } from 'vitest';
import { z } from 'zod';
import { tiPaySettings } from '../../../src/providers/tipay/settings.ts';
import { settingsText } from './account.ts';

const issuesOf = (more: Record<string, unknown>) =>
  tiPaySettings.safeParse(settingsText(more)).error?.issues.map(({ path }) => path.join('.'));

it('the example of the contract is whole, the rest has its defaults', () => {
  expect(tiPaySettings.parse({ ...settingsText(), currency: undefined })).toMatchObject({
    key: 'chain',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    signature: { sortedKeys: false },
    callbackSignature: { hash: 'SHA1' },
    statuses: {},
    notFoundCodes: ['404'],
    emptyMeansNotFound: true,
    temporaryCodes: ['429', '500', '502', '503', '504'],
    misconfiguredCodes: ['401', '403'],
    dataSuccessCodes: ['OPR00000'],
    maxReasonLength: 128,
    paths: { create: '/api/v1/yb/trade/refund', query: '/api/v1/yb/trade/query' },
  });
});

it('every wrong member is named', () => {
  expect(issuesOf({ platformPublicKey: 'x' })).toStrictEqual(['platformPublicKey']);
  expect(issuesOf({ merchantNo: '', signature: { sortedKeys: 'yes' }, paths: { query: 'refunds?x=1' } })).toStrictEqual(
    ['merchantNo', 'signature.sortedKeys', 'paths.query'],
  );
  expect(tiPaySettings.safeParse(settingsText({ secret: 'x' })).error?.issues).toMatchObject([
    { code: 'unrecognized_keys', keys: ['secret'] },
  ]);
});

it('every default says in the JSON Schema whether it is documented or inferred', () => {
  const schema = z.toJSONSchema(tiPaySettings, { io: 'input' });
  for (const name of [
    'currency',
    'statuses',
    'notFoundCodes',
    'emptyMeansNotFound',
    'temporaryCodes',
    'misconfiguredCodes',
    'dataSuccessCodes',
    'maxReasonLength',
  ]) {
    const member = schema.properties?.[name];
    expect(typeof member === 'object' && member.description).toMatch(/documented|inferred/);
  }
});

it('what another public page says is not called documented', () => {
  const schema = JSON.stringify(z.toJSONSchema(tiPaySettings, { io: 'input' }));
  expect(schema).toContain('Where refunds are made (another public page)');
  expect(schema).toContain('Where refunds are asked for (documented)');
});
