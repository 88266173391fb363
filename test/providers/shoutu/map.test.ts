/** Records become observations: total over what a record can hold, and never an end by mistake. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/providers/json.ts';
import { fromRecord, SHOUTU_STATUSES } from '../../../src/providers/shoutu/map.ts';
import { shoutuRecords } from '../../../src/providers/shoutu/wire.ts';
import { statusWords } from '../../../src/providers/status-words.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { REFUND_STATUSES } from '../../../src/refunds/refund.ts';
import { record } from './account.ts';

const statusOf = statusWords(accountKey('library'), SHOUTU_STATUSES, {}, undefined);
const { record: schema } = shoutuRecords({ currency: 'CNY', amountUnit: 'fen', timeZone: 'Asia/Shanghai' });
const observe = (more: Record<string, unknown>) => fromRecord(schema.parse(record(more)), statusOf, '');

test.each([
  ['0', 'PENDING'],
  ['1', 'PROCESSING'],
  ['2', 'SUCCEEDED'],
  ['3', 'FAILED'],
  ['4', 'CANCELED'],
  ['INIT', 'PENDING'],
  ['REFUNDING', 'PROCESSING'],
  ['PROCESSING', 'PROCESSING'],
  ['SUCCESS', 'SUCCEEDED'],
  ['FAIL', 'FAILED'],
  ['FAILED', 'FAILED'],
  ['CLOSED', 'CANCELED'],
  ['success', 'PROCESSING'],
  ['constructor', 'PROCESSING'],
  ['5', 'PROCESSING'],
])('refundState %s is %s', (refundState, status) => {
  expect(observe({ refundState })).toMatchObject({ status, providerStatus: refundState });
});

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '{', '{"a":1}', 'null', '[]', '"x"'));

test('any texts in the members that may hold any text make an observation', () => {
  const free = fc.record({
    channelOrderNo: anyText,
    channelPayOrderNo: anyText,
    mchNo: anyText,
    mchName: anyText,
    mchNoBranch: anyText,
    appId: anyText,
    refundMode: anyText,
    businessId: anyText,
    refundReason: anyText,
    extJsonb: anyText,
    errCode: anyText,
    errMsg: anyText,
    refundState: fc.string({ minLength: 1 }),
  });
  fc.assert(
    fc.property(free, (texts) => {
      const seen = observe(texts);
      expect(REFUND_STATUSES).toContain(seen.status);
      expect(seen.failure === null).toBe(seen.status !== 'FAILED');
      expect(seen.providerRefundId).toBe(texts.channelOrderNo === '' ? null : texts.channelOrderNo);
    }),
  );
});

test('null and absent say as little as ""', () => {
  const { channelOrderNo: _c, payAmount: _p, ...rest } = record({ successTime: null, mchName: null, extJsonb: null });
  expect(fromRecord(schema.parse(rest), statusOf, '')).toMatchObject({
    providerRefundId: null,
    paymentAmount: null,
    completedAt: null,
    details: { merchantName: null, extension: null },
  });
});

describe('extJsonb', () => {
  test.each([
    ['{"id":9007199254740993}', { id: '9007199254740993' }],
    ['["a"]', ['a']],
    ['not JSON', 'not JSON'],
    ['', null],
    ['  ', null],
    ['null', null],
  ])('%j is %j', (extJsonb, extension) => {
    expect(observe({ extJsonb }).details).toMatchObject({ extension });
  });

  test('may be an object itself', () => {
    const extJsonb = parseJson('{"a":1}');
    expect(observe({ extJsonb }).details).toMatchObject({ extension: { a: '1' } });
  });
});

test('a time of success means nothing before the end', () => {
  const successTime = '2024-07-31 16:26:48';
  expect(observe({ refundState: '1', successTime }).completedAt).toBeNull();
  expect(observe({ refundState: '2', successTime }).completedAt).not.toBeNull();
});

test('the words of a failure are kept in one line, and only so long', () => {
  const errCode = `NOT\u0000ENOUGH${'x'.repeat(80)}`;
  expect(observe({ refundState: '3', errCode, errMsg: `余额\u0000\n不足${'x'.repeat(300)}` }).failure).toMatchObject({
    code: `NOT ENOUGH${'x'.repeat(54)}`,
    message: `余额 不足${'x'.repeat(195)}`,
  });
});

test('a failure without words still has a message', () => {
  expect(observe({ refundState: '3' }).failure).toEqual({
    code: null,
    message: 'Shoutu gave no reason',
    retryable: false,
  });
});
