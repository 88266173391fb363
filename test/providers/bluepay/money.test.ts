import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { integerMoney, decimalMoney } from '../../../src/providers/wire/members.ts';
import { currencyExponent, formatMoney, MAX_MINOR_UNITS, parseUnits } from '../../../src/refunds/money.ts';
import { json, startStub, type StubServer } from '../../support/stub-server.ts';
import { ask, openBluePay, row, send, sentEnvelope, success, unreadIn } from './account.ts';

let stub: StubServer;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

const payment = { theirPayment: 'CU51856318914782320' };

describe('units of the wire', () => {
  it.each([
    ['THB', undefined, '10000', 10_000n],
    ['IDR', undefined, '10000', 1_000_000n],
    ['IDR', 0, '10000', 1_000_000n],
    ['IDR', 2, '10000', 10_000n],
    ['JPY', undefined, '10000', 10_000n],
    ['VND', undefined, '250000', 250_000n],
    ['JPY', 2, '10000', 100n],
    ['KWD', undefined, '1234', 1_234n],
    ['KWD', 2, '1234', 12_340n],
    ['THB', 4, '123400', 1_234n],
  ])('%s with exponent %s: %s is %s minor units, both ways', async (currency, exponent, wire, minorUnits) => {
    const account = openBluePay({
      baseUrl: stub.url,
      currency,
      ...(exponent !== undefined && { minorUnitExponent: exponent }),
    });
    const text = JSON.stringify(success([row({ refundAmount: 0, feeRefunded: 0 })])).replace(
      '"refundAmount":0',
      `"refundAmount":${wire}`,
    );
    stub.next(json(text), json({ code: 21000 }));
    const [refund] = await ask(account, payment);
    expect(refund?.amount).toStrictEqual({ minorUnits, currency });
    await send(account, { amount: { minorUnits, currency } });
    expect(sentEnvelope(stub.requests[1]).param).toContain(`"refundAmount":${wire},`);
    await account.close();
  });

  it.each([
    ['JPY', 2, 10_001],
    ['THB', 4, 1],
  ])('%s with exponent %s: %s can not be expressed and is an error', async (currency, exponent, refundAmount) => {
    const account = openBluePay({ baseUrl: stub.url, currency, minorUnitExponent: exponent });
    stub.always(json(success([row({ refundAmount, feeRefunded: undefined })])));
    expect(await unreadIn(account, payment)).toEqual(['refundAmount']);
    await account.close();
  });

  it('half a rupiah can not be sent to an account of whole rupiah', async () => {
    const account = openBluePay({ baseUrl: stub.url, currency: 'IDR' });
    expect(await send(account, { amount: { minorUnits: 1_050n, currency: 'IDR' } })).toMatchObject({
      kind: 'refused',
      code: null,
      message: expect.stringContaining('10.50 IDR'),
    });
    expect(stub.requests).toHaveLength(0);
    await account.close();
  });
});

describe('properties', () => {
  const currency = fc.constantFrom('THB', 'IDR', 'JPY', 'VND', 'CNY', 'KWD', 'BHD', 'CLF');
  const amount = fc.bigInt({ min: 0n, max: MAX_MINOR_UNITS });

  it('what is written is read back as the same money, in every currency and at every exponent that can hold it', () => {
    fc.assert(
      fc.property(currency, fc.integer({ min: 0, max: 6 }), amount, (code, exponent, minorUnits) => {
        const money = { minorUnits, currency: code };
        const units = parseUnits(formatMoney(money), exponent);
        const lost = 10n ** BigInt(Math.max(0, currencyExponent(code) - exponent));
        if (minorUnits % lost !== 0n) expect(units).toBe('too-many-decimals');
        else if (typeof units === 'bigint') {
          expect(integerMoney(code, exponent)(units.toString())).toStrictEqual(money);
        } else expect(units).toBe('too-large');
      }),
    );
  });

  it('decimal text is read back as the same money, however many zeros follow', () => {
    fc.assert(
      fc.property(currency, amount, fc.integer({ min: 1, max: 5 }), (code, minorUnits, zeros) => {
        const money = { minorUnits, currency: code };
        const text = formatMoney(money);
        expect(decimalMoney(code)(text)).toStrictEqual(money);
        expect(decimalMoney(code)(`${text}${text.includes('.') ? '' : '.'}${'0'.repeat(zeros)}`)).toStrictEqual(money);
      }),
    );
  });

  it('a number with an exponent is the same amount, digit by digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: 11 }), (minorUnits, moved) => {
        const digits = minorUnits.toString();
        const at = Math.min(moved, digits.length - 1);
        const mantissa = `${digits.slice(0, digits.length - at)}${at === 0 ? '' : `.${digits.slice(-at)}`}`;
        for (const sign of at - 2 >= 0 ? ['e', 'E', 'e+', 'E+'] : ['e', 'E']) {
          expect(decimalMoney('CNY')(`${mantissa}${sign}${at - 2}`)).toStrictEqual({ minorUnits, currency: 'CNY' });
        }
      }),
    );
    expect(decimalMoney('CNY')('1.0E7')).toStrictEqual({ minorUnits: 1_000_000_000n, currency: 'CNY' });
    for (const text of ['1e99', '1e-3', 'e2', '1e', '-1e2', '1e400', 'NaN', 'Infinity']) {
      expect(decimalMoney('CNY')(text)).toBeNull();
    }
  });
});
