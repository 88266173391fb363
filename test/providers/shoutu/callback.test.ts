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
    const raw = body.replaceAll(/,"(sign|reqTime)":"\w+"/g, '');
    expect(read).toMatchObject({ kind: 'observation', observation: { status: 'SUCCEEDED', raw } });
    expect(raw).toContain(':10000,');
    expect(raw).not.toMatch(/sign|reqTime/);
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

describe('in the names of Jeepay', () => {
  const notice = {
    mchRefundNo: 'CB3',
    state: '2',
    refundAmount: '1000',
    payAmount: '5000',
    currency: 'cny',
    appId: 'Aleph001',
    mchNo: 'M1',
    extParam: '{"readerCardNo":"X1"}',
    successTime: '1699999805000',
    createdAt: '1699999800000',
    reqTime: '1700000000000',
  };

  test('is read, with its times', () => {
    expect(readCallback(account, form(signed(notice)), FORM)).toMatchObject({
      doubt: null,
      observation: {
        merchantRefundId: 'CB3',
        status: 'SUCCEEDED',
        createdAt: new Date(1_699_999_800_000),
        completedAt: new Date(1_699_999_805_000),
        details: { extension: { readerCardNo: 'X1' } },
      },
    });
  });

  test('and in names that the account gives', async () => {
    const taught = openShoutu({ recordMemberNames: { refundState: 'result', mchRefundNo: 'no' } });
    const { mchRefundNo: no, state: result, ...rest } = notice;
    expect(readCallback(taught, form(signed({ ...rest, no, result })), FORM)).toMatchObject({
      observation: { merchantRefundId: 'CB3', status: 'SUCCEEDED' },
    });
    // A member with a name of its own is read under that name alone.
    expect(readCallback(taught, form(signed({ ...rest, no, refundState: result })), FORM)).toEqual(
      refused(/refundState/),
    );
    await taught.close();
  });
});

describe('makes the server ask', () => {
  const doubtOf = (members: Record<string, string>) => {
    const reading = readCallback(account, form(signed(members)), FORM);
    return reading.kind === 'observation' ? reading.doubt : reading;
  };
  const doubted = (reason: RegExp) => ({ about: 'any', reason: expect.stringMatching(reason) });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a reason that looks like members', { refundReason: 'x&refundState=3&refundStatez=a' }, /cut/],
    ['the rest of the true text in a made-up member', { zzz: 'a&refundState=1' }, /cut/],
    ['a whole record in a free text', { errMsg: 'x&mchRefundNo=R9&refundAmount=1&refundState=2' }, /cut/],
    ['the same in an extension', { extJsonb: '{"readerName":"x&refundState=2&z="}' }, /cut/],
    ['a name that swallowed a member', { 'a=1&b': '2' }, /cut/],
    ['JSON that ends in the middle', { extJsonb: '{"readerName":"x' }, /cut/],
    ['our own request', { notifyUrl: 'https://us.example/notify/library' }, /request of ours/],
    ['our own tenant', { tenantId: 'a000001' }, /request of ours/],
    ['our own list', { queryPage: '{}' }, /request of ours/],
    ['two names of one member', { state: '1' }, /twice/],
  ])('%s', (_name, more, reason) => {
    expect(doubtOf(text(more))).toEqual(doubted(reason));
  });

  test.each([{}, { refundReason: 'AT&T = good' }, { errMsg: 'a&b' }, { extJsonb: '{"readerName":"x"}' }])(
    'but not %j',
    (more: Record<string, string>) => {
      expect(doubtOf(text(more))).toBeNull();
    },
  );

  test('whatever else its signed text can be cut into', () => {
    const name = fc.constantFrom('errMsg', 'extJsonb', 'refundReason', 'mchName', 'refundState', 'zz', 'mchRefundNo');
    const value = fc.constantFrom('1', '2', '3', 'x', 'R0001', 'R0002', '100');
    const injected = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(injected, fc.constantFrom('refundReason', 'errMsg', 'mchName'), (parts, into) => {
        const free = `x${parts.map(([one, said]) => `&${one}=${said}`).join('')}`;
        const honest = text({ [into]: free });
        const cut = cuts(joined(honest)).filter(({ refundState = '' }) => refundState !== honest['refundState']);
        for (const members of cut) {
          const reading = readCallback(account, form({ ...members, sign: signed(honest)['sign'] ?? '' }), FORM);
          expect(reading.kind === 'observation' ? reading.doubt : reading).not.toBeNull();
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** The text that is signed. */
const joined = (members: Record<string, string>): string =>
  Object.entries(members)
    .filter(([, value]) => value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([one, value]) => `${one}=${value}`)
    .join('&');

/** Ways to cut a text into members: each `&name=` may be a border or not, two of them at once at most. */
function cuts(signedText: string): Record<string, string>[] {
  const pieces = signedText.split('&');
  const merged = (at: readonly number[]): Record<string, string> => {
    const members: string[] = [];
    pieces.forEach((piece, nth) => {
      if (at.includes(nth) || !piece.includes('=')) members.push(`${members.pop() ?? ''}&${piece}`);
      else members.push(piece);
    });
    return Object.fromEntries(members.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
  };
  const places = pieces.map((_, nth) => nth).slice(1);
  return [[], ...places.map((at) => [at]), ...places.flatMap((at) => places.map((other) => [at, other]))].map(merged);
}

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
