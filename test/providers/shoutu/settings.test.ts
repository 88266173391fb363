import { expect, test } from 'vitest';
import { z } from 'zod';
import { shoutuSettings } from '../../../src/providers/shoutu/settings.ts';
import { settingsOf } from './account.ts';

test('defaults are those of the provider page', () => {
  expect(settingsOf()).toMatchObject({
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    signature: { nested: 'compact' },
    reqTimeFormat: 'epoch-ms',
    successCodes: ['0', '200', 'SUCCESS'],
    amountUnit: 'fen',
    statuses: {},
    conditions: { eq: '0' },
    lc: '1',
    order: { DESC: '0', ASC: '1' },
    pageBase: 1,
    maxPageSize: 100,
    conditionMembers: {},
    createMemberNames: { refundAmount: 'refundAmount', refundReason: 'refundReason', notifyUrl: 'notifyUrl' },
    acknowledgement: 'SUCCESS',
    paths: {
      list: '/jiafulai/paymentgateway/api/refund/querylist',
      refund: '/jiafulai/paymentgateway/api/refund/refundOrder',
    },
  });
});

test('the settings of the contract are taken', () => {
  const more = {
    signature: { nested: 'omit' },
    amountUnit: 'yuan',
    successCodes: ['0'],
    statuses: { '2': 'SUCCEEDED' },
    conditions: { eq: '0', gte: '3', lt: '5' },
    order: { DESC: '0', ASC: '1' },
    maxPageSize: 100,
    paths: { list: '/list' },
  };
  expect(settingsOf(more)).toMatchObject(more);
});

test.each<[string, Record<string, unknown>]>([
  ['signature.nested', { signature: { nested: 'no' } }],
  ['signature', { signature: { nest: 'omit' } }],
  ['amountUnit', { amountUnit: 'cent' }],
  ['successCodes', { successCodes: [] }],
  ['statuses.2', { statuses: { 2: 'DONE' } }],
  ['statusConditions', { statusConditions: { DONE: '2' } }],
  ['conditions', { conditions: { like: '7' } }],
  ['order.DESC', { order: { DESC: '' } }],
  ['pageBase', { pageBase: 2 }],
  ['maxPageSize', { maxPageSize: 0 }],
  ['createMembers', { createMembers: { refundAmount: '1' } }],
  ['createMemberNames', { createMemberNames: { refundAmount: 'amount', notifyUrl: 'amount' } }],
  ['createMemberNames', { createMemberNames: { refundAmount: 'mchRefundNo' } }],
  ['createMemberNames.notifyUrl', { createMemberNames: { notifyUrl: '1' } }],
  ['createMembers', { createMemberNames: { notifyUrl: 'url' }, createMembers: { url: 'x' } }],
  ['conditionMembers', { conditionMembers: { field: 'x' } }],
  ['conditionMembers.sort', { conditionMembers: { sort: {} } }],
  ['businessId', { businessId: '' }],
  ['acknowledgement', { acknowledgement: '' }],
  ['paths.list', { paths: { list: 'list' } }],
  ['', { succesCodes: ['0'] }],
])('a wrong %s is named', (path, more) => {
  expect(() => settingsOf(more)).toThrow(z.ZodError);
  const { error } = shoutuSettings.safeParse({ ...settingsOf(), ...more });
  expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
});

test('a default that Shoutu does not document says so', () => {
  const schema = JSON.stringify(z.toJSONSchema(shoutuSettings, { io: 'input' }));
  for (const words of ['Where refunds are made (another public page)', 'Where refunds are listed (documented)']) {
    expect(schema).toContain(words);
  }
});

test('every member is described in the JSON Schema', () => {
  const { properties = {} } = z.toJSONSchema(shoutuSettings, { io: 'input' });
  const undescribed = Object.entries(properties).filter(([name, member]) => {
    if (name === 'provider' || typeof member === 'boolean') return false;
    const inner = Object.values(member.properties ?? {});
    return member.description === undefined || inner.some((one) => typeof one === 'boolean' || !one.description);
  });
  expect(undescribed.map(([name]) => name)).toEqual([]);
});
