import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { currencySetting, pathSetting, sharedSettings } from '../../src/providers/settings.ts';

const account = z.strictObject({ provider: z.literal('SHOUTU'), ...sharedSettings, currency: currencySetting });
const least = {
  provider: 'SHOUTU',
  key: 'library',
  displayName: 'Library',
  baseUrl: 'https://gate.example/',
  currency: 'CNY',
};
const issueOf = (more: Record<string, unknown>) => {
  const [issue] = account.safeParse({ ...least, ...more }).error?.issues ?? [];
  return issue && { path: issue.path.join('.'), code: issue.code, message: issue.message };
};

describe('settings of every account', () => {
  test('have defaults', () => {
    expect(account.parse(least)).toEqual({
      ...least,
      baseUrl: 'https://gate.example',
      timeZone: 'Asia/Shanghai',
      timeoutMs: 10_000,
      maxConcurrency: 32,
    });
  });

  test.each([
    ['key', ''],
    ['key', 'a b'],
    ['key', 'ä'],
    ['key', 'x'.repeat(65)],
    ['displayName', '  '],
    ['baseUrl', 'gate.example'],
    ['baseUrl', 'ftp://gate.example'],
    ['baseUrl', 'https://user:secret@gate.example'],
    ['baseUrl', 'https://gate.example/?a=1'],
    ['baseUrl', 'https://gate.example/#a'],
    ['currency', 'cny'],
    ['currency', 'YUAN'],
    ['timeZone', 'Asia/Peking'],
    ['timeZone', ''],
    ['timeoutMs', 0],
    ['timeoutMs', 1.5],
    ['maxConcurrency', 0],
    ['callbackAllowedIps.0', ['10.0.0.256']],
    ['callbackAllowedIps.1', ['10.0.0.1', '10.0.0.0/33']],
    ['callbackAllowedIps.0', ['2001:db8::/129']],
    ['callbackAllowedIps.0', ['10.0.0.0/8/8']],
    ['callbackAllowedIps', []],
  ])('a wrong %s is named: %j', (path, value) => {
    expect(issueOf({ [path.split('.')[0] ?? '']: value })?.path).toBe(path);
  });

  test('addresses and ranges of both families', () => {
    const callbackAllowedIps = ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'];
    expect(account.parse({ ...least, callbackAllowedIps }).callbackAllowedIps).toEqual(callbackAllowedIps);
  });

  test('a misspelt setting is named', () => {
    expect(issueOf({ timeoutMS: 5 })).toMatchObject({
      code: 'unrecognized_keys',
      message: expect.stringContaining('timeoutMS'),
    });
  });

  test('a path begins with / and has no query', () => {
    expect(pathSetting.safeParse('/a/b').success).toBe(true);
    for (const wrong of ['a', '/a?b', '/a b', '/a#b']) expect(pathSetting.safeParse(wrong).success).toBe(false);
  });

  test('can be printed as a JSON Schema in which every member is described', () => {
    const { properties, required } = z.toJSONSchema(account, { io: 'input' });
    for (const name of Object.keys(sharedSettings)) expect(properties?.[name], name).toHaveProperty('description');
    expect(required).toEqual(['provider', 'key', 'displayName', 'baseUrl', 'currency']);
  });
});
