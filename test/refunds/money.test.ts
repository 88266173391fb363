import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  currencyExponent,
  formatMoney,
  formatUnits,
  MAX_MINOR_UNITS,
  parseMoney,
  parseUnits,
} from '../../src/refunds/money.ts';

test.each([
  ['12.92', 'CNY', 1292n],
  ['0.01', 'CNY', 1n],
  ['10', 'CNY', 1000n],
  ['1.500', 'CNY', 150n],
  ['-0.05', 'CNY', -5n],
  ['1000', 'JPY', 1000n],
  ['1.005', 'KWD', 1005n],
])('%s %s is %s minor units', (text, currency, minorUnits) => {
  expect(parseMoney(text, currency)).toEqual({ minorUnits, currency });
});

test.each([
  ['1.005', 'CNY', 'too-many-decimals'],
  ['1.5', 'JPY', 'too-many-decimals'],
  ['1e3', 'CNY', 'not-a-decimal'],
  ['1000000000000000000000000000000', 'CNY', 'too-large'],
  ['', 'CNY', 'not-a-decimal'],
  ['.5', 'CNY', 'not-a-decimal'],
  ['1,000.00', 'CNY', 'not-a-decimal'],
  ['１２', 'CNY', 'not-a-decimal'],
  ['NaN', 'CNY', 'not-a-decimal'],
])('%s %s is no amount: %s', (text, currency, problem) => {
  expect(parseMoney(text, currency)).toBe(problem);
});

test('any amount of any exponent comes back from its own text', () => {
  const units = fc.bigInt({ min: -MAX_MINOR_UNITS, max: MAX_MINOR_UNITS });
  fc.assert(
    fc.property(units, fc.integer({ min: 0, max: 4 }), (amount, exponent) => {
      expect(parseUnits(formatUnits(amount, exponent), exponent)).toBe(amount);
    }),
  );
});

test('no text is ever rounded: what is read prints as the same number', () => {
  const decimal = fc
    .tuple(fc.nat(), fc.stringMatching(/^\d{0,6}$/))
    .map(([whole, fraction]) => (fraction === '' ? `${whole}` : `${whole}.${fraction}`));
  fc.assert(
    fc.property(decimal, fc.constantFrom('CNY', 'JPY', 'KWD'), (text, currency) => {
      const money = parseMoney(text, currency);
      const decimals = /\.(\d*?)0*$/.exec(text)?.[1]?.length ?? 0;
      if (typeof money === 'string') expect(decimals).toBeGreaterThan(currencyExponent(currency));
      else expect(Number(formatMoney(money))).toBe(Number(text));
    }),
  );
});
