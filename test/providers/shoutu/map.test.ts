/** Records become observations: total over what a record can hold, and never an end by mistake. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/providers/wire/json.ts';
import { fromRecord, SHOUTU_STATUSES } from '../../../src/providers/shoutu/map.ts';
import { shoutuRecords } from '../../../src/providers/shoutu/wire.ts';
import { spareMembers } from '../../../src/providers/wire/members.ts';
import { statusWords } from '../../../src/providers/wire/status-words.ts';
import { accountKey } from '../../../src/refunds/ids.ts';
import { REFUND_STATUSES } from '../../../src/refunds/refund.ts';
import { record } from './account.ts';

const statusOf = statusWords(accountKey('library'), SHOUTU_STATUSES, {}, undefined);
const unreadable: string[] = [];
const { record: schema } = shoutuRecords({
  currency: 'CNY',
  amountUnit: 'fen',
  timeZone: 'Asia/Shanghai',
  clock: () => new Date('2026-06-01T00:00:00Z'),
  spare: spareMembers(accountKey('library'), (event) => {
    if (event.kind === 'unreadable-member') unreadable.push(event.member);
  }),
});
const observe = (more: Record<string, unknown>) => fromRecord(schema.parse(record(more)), statusOf, '');

test('4 and CLOSED leave open whether money moved, unless the account says what they mean', () => {
  for (const refundState of ['4', 'CLOSED']) {
    expect(observe({ refundState })).toMatchObject({ status: 'PROCESSING', undecided: true, completedAt: null });
    const meant = statusWords(accountKey('library'), SHOUTU_STATUSES, { [refundState]: 'CANCELED' }, undefined);
    const told = fromRecord(schema.parse(record({ refundState })), meant, '');
    expect(told).toMatchObject({ status: 'CANCELED' });
    expect(told).not.toHaveProperty('undecided');
  }
  expect(observe({ refundState: '1' })).not.toHaveProperty('undecided');
});

test.each([
  ['0', 'PENDING'],
  ['1', 'PROCESSING'],
  ['2', 'SUCCEEDED'],
  ['3', 'FAILED'],
  ['4', 'PROCESSING'],
  ['INIT', 'PENDING'],
  ['REFUNDING', 'PROCESSING'],
  ['PROCESSING', 'PROCESSING'],
  ['SUCCESS', 'SUCCEEDED'],
  ['FAIL', 'FAILED'],
  ['FAILED', 'FAILED'],
  ['CLOSED', 'PROCESSING'],
  ['success', 'PROCESSING'],
  ['constructor', 'PROCESSING'],
  ['5', 'PROCESSING'],
])('refundState %s is %s', (refundState, status) => {
  expect(observe({ refundState })).toMatchObject({ status, providerStatus: refundState });
});

test('a closed refund is undecided, unless the account says what closing means', () => {
  const read = (refundState: string, settings = {}) =>
    fromRecord(
      schema.parse(record({ refundState })),
      statusWords(accountKey('library'), SHOUTU_STATUSES, settings, undefined),
      '',
    );
  for (const word of ['4', 'CLOSED']) {
    expect(read(word)).toMatchObject({ status: 'PROCESSING', undecided: true, completedAt: null });
    const told = read(word, { [word]: 'CANCELED' });
    expect(told.status).toBe('CANCELED');
    expect(told).not.toHaveProperty('undecided');
  }
  for (const word of ['0', '1', '2', '3', '5', 'PROCESSING']) expect(read(word)).not.toHaveProperty('undecided');
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

test.each([
  ['createdTime', 'now', { createdAt: null }],
  ['createdTime', '0001-01-01 00:00:00', { createdAt: null }],
  ['createdTime', '9999-12-31 23:59:59', { createdAt: null }],
  ['successTime', '2024-02-30 00:00:00', { completedAt: null }],
  ['successTime', true, { completedAt: null }],
  ['payAmount', '100.00', { paymentAmount: null }],
  // No payment of nothing can be kept.
  ['payAmount', '0', { paymentAmount: null }],
  ['refundReason', {}, { reason: null }],
  ['mchName', [], { details: { merchantName: null } }],
])('%s %j costs itself alone, and is reported by its name', (member, value, seen) => {
  unreadable.length = 0;
  const told = observe({ refundState: '2', [member]: parseJson(JSON.stringify(value)) });
  expect(told).toMatchObject({ status: 'SUCCEEDED', amount: { minorUnits: 10_000n }, ...seen });
  expect(unreadable).toEqual([member]);
});

test('the years that a refund can be of', () => {
  unreadable.length = 0;
  expect(observe({ createdTime: '2000-01-02 00:00:00' }).createdAt).not.toBeNull();
  expect(observe({ createdTime: '2100-12-31 00:00:00' }).createdAt).not.toBeNull();
  expect(observe({ createdTime: '1999-12-31 00:00:00' }).createdAt).toBeNull();
  expect(observe({ createdTime: '2101-01-02 00:00:00' }).createdAt).toBeNull();
});

test.each(['mchRefundNo', 'channelOrderNo', 'channelPayOrderNo'])('%s must be an id that can be kept whole', (name) => {
  expect(schema.safeParse(record({ [name]: 'x'.repeat(128) })).success).toBe(true);
  for (const id of ['x'.repeat(129), 'a\u0000b', 'a\nb', '\ud800']) {
    expect(schema.safeParse(record({ [name]: id })).error?.issues.map(({ path }) => path)).toEqual([[name]]);
  }
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
