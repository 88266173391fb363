/** Callbacks: verified on the members as they came, read after, never a throw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORM, openShoutu, readCallback, record, signed } from './account.ts';

const account = openShoutu();
const text = (more: Record<string, string> = {}): Record<string, string> => {
  const members = Object.entries(record({ reqTime: '1700000000000', refundState: '2', ...more }));
  return Object.fromEntries(members.map(([name, value]) => [name, String(value)]));
};
const form = (members: Record<string, string>): string => new URLSearchParams(members).toString();
const refused = (reason: RegExp) => ({ kind: 'rejected', reason: expect.stringMatching(reason) });

test('is acknowledged with the bare text SUCCESS', () => {
  expect(account.callbacks?.acknowledgement).toEqual({ contentType: 'text/plain', body: 'SUCCESS' });
});

test('is acknowledged as the account says', async () => {
  const taught = openShoutu({ acknowledgement: 'success' });
  expect(taught.callbacks?.acknowledgement).toEqual({ contentType: 'text/plain', body: 'success' });
  await taught.close();
});

describe('is read', () => {
  test('as a form', () => {
    const members = text({ refundReason: '退款 & more=100% +', successTime: '2024-07-31 16:26:48' });
    expect(readCallback(account, form(signed(members)), FORM)).toMatchObject({
      kind: 'observation',
      observation: {
        merchantRefundId: 'R0001',
        providerRefundId: 'C0001',
        status: 'SUCCEEDED',
        reason: '退款 & more=100% +',
        completedAt: new Date('2024-07-31T08:26:48Z'),
        amount: { minorUnits: 10_000n, currency: 'CNY' },
      },
    });
  });

  test('as JSON', () => {
    const read = readCallback(account, JSON.stringify(signed(text())), 'application/json; charset=utf-8');
    expect(read).toMatchObject({ kind: 'observation', observation: { status: 'SUCCEEDED' } });
  });

  test('as JSON with numbers, signed with the digits that came', () => {
    const body = JSON.stringify(signed(text())).replace('"10000"', '10000').replace('"2"', '2');
    const read = readCallback(account, body, 'application/json');
    expect(read).toMatchObject({ kind: 'observation', observation: { status: 'SUCCEEDED', raw: body } });
  });

  test('with a signature in lower case and members that are new', () => {
    const { sign = '', ...members } = signed(text({ newMember: 'x', another: '' }));
    expect(readCallback(account, form({ ...members, sign: sign.toLowerCase() }), FORM).kind).toBe('observation');
  });

  test('without members that say nothing', () => {
    const { mchNoBranch: _empty, appId: _id, ...members } = text();
    expect(readCallback(account, form(signed(members)), FORM).kind).toBe('observation');
  });

  test('with a time that is none, as not said', () => {
    const read = readCallback(account, form(signed(text({ createdTime: 'now' }))), FORM);
    expect(read).toMatchObject({ kind: 'observation', observation: { status: 'SUCCEEDED', createdAt: null } });
  });

  test('with an unknown state as under way', () => {
    const read = readCallback(account, form(signed(text({ refundState: '9' }))), FORM);
    expect(read).toMatchObject({ observation: { status: 'PROCESSING', providerStatus: '9' } });
  });
});

describe('is refused', () => {
  const good = signed(text());

  test.each<[string, string | Buffer, string, RegExp]>([
    ['a wrong signature', form({ ...good, sign: '0'.repeat(32) }), FORM, /signature/],
    ['a signature of another length', form({ ...good, sign: 'AB' }), FORM, /signature/],
    ['no signature', form({ ...good, sign: '' }), FORM, /sign is missing/],
    ['a signature that is an object', JSON.stringify({ ...good, sign: {} }), 'application/json', /sign is missing/],
    ['a changed amount', form({ ...good, refundAmount: '20000' }), FORM, /signature/],
    ['an added member', form({ ...good, extra: '1' }), FORM, /signature/],
    ['another secret', form(signed(text(), 'other')), FORM, /signature/],
    ['another application', form(signed(text({ appId: 'Aleph002' }))), FORM, /appId/],
    ['another tenant', form(signed(text({ tenantId: 'a000002' }))), FORM, /tenantId/],
    ['a member twice', `${form(good)}&refundState=3`, FORM, /twice/],
    ['no refund id', form(signed(text({ mchRefundNo: '' }))), FORM, /mchRefundNo/],
    ['no amount', form(signed(text({ refundAmount: '' }))), FORM, /refundAmount/],
    ['no state', form(signed(text({ refundState: '' }))), FORM, /refundState/],
    [
      'an id that is too long to be kept',
      form(signed(text({ channelOrderNo: 'C'.repeat(129) }))),
      FORM,
      /channelOrderNo/,
    ],
    ['a JSON list', JSON.stringify([good]), 'application/json', /JSON object/],
    ['broken JSON', '{"sign":', 'application/json', /JSON object/],
    ['deep JSON', '['.repeat(50_000), 'application/json', /JSON object/],
    ['no UTF-8', Buffer.from([0x61, 0x3d, 0xff]), FORM, /UTF-8/],
    ['another content type', form(good), 'text/plain', /content type/],
    ['no content type', form(good), '', /content type/],
    ['nothing', '', FORM, /sign is missing/],
  ])('%s', (_name, body, contentType, reason) => {
    expect(readCallback(account, body, contentType)).toEqual(refused(reason));
  });

  test('whatever the bytes, without a throw', () => {
    const contentTypes = fc.constantFrom(FORM, 'application/json', 'x');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((json) => Buffer.from(json)),
        ),
        contentTypes,
        (body, type) => {
          expect(readCallback(account, Buffer.from(body), type).kind).toBe('rejected');
        },
      ),
    );
  });

  test('any single changed character of a member', () => {
    const names = Object.keys(good).filter((name) => name !== 'sign');
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ minLength: 1 }), (name, more) => {
        const body = form({ ...good, [name]: `${good[name]}${more}` });
        expect(readCallback(account, body, FORM)).toEqual(refused(/signature/));
      }),
    );
  });
});
