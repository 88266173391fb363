import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotJsonError, asReceived, compactJson, parseJson, sortedJson } from '../../../src/providers/wire/json.ts';

/** JSON as a provider could send it: numbers of any length and shape. */
const numberText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.option(fc.nat()), fc.option(fc.integer()))
  .map(
    ([minus, whole, fraction, exponent]) =>
      `${minus ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );
const { text: jsonText } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 5 },
    numberText,
    fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('null', 'true', 'false'),
    fc.array(tie('text')).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(
        fc.tuple(
          fc.string().filter((name) => name !== '__proto__' && !/^\d+$/.test(name)),
          tie('text'),
        ),
        {
          selector: ([name]) => name,
        },
      )
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
}));

describe('parseJson', () => {
  test('keeps every digit', () => {
    expect(parseJson('{"id":9007199254740993,"amount":12.50,"list":[1e400,-0]}')).toEqual({
      id: '9007199254740993',
      amount: '12.50',
      list: ['1e400', '-0'],
    });
  });

  test('of a member that occurs twice the last one counts, whatever it is', () => {
    expect(parseJson('{"a":1,"a":"2"}')).toEqual({ a: '2' });
    expect(parseJson('{"a":{"b":1},"a":{"b":2.0}}')).toEqual({ a: { b: '2.0' } });
    expect(asReceived(parseJson('{"a":1,"a":"2"}'))).toBe('{"a":"2"}');
    expect(asReceived(parseJson('{"a":"1","a":2}'))).toBe('{"a":2}');
  });

  test('__proto__ changes nothing', () => {
    const json = parseJson('{"__proto__":{"polluted":true},"a":{"__proto__":1}}');
    expect(Object.keys(json ?? {})).toEqual(['a']);
    expect(Object.getPrototypeOf(json)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  test.each(['', '{', '{"a":}', '{"secret":"x"', 'undefined', "{'a':1}", '[1,]', '01', 'NaN'])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => parseJson(text)).toThrow(NotJsonError);
      expect(() => parseJson(text)).toThrow(/^not JSON$/);
    },
  );

  test('depth is bounded, brackets in strings do not count', () => {
    expect(parseJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeInstanceOf(Array);
    expect(() => parseJson(`${'['.repeat(65)}${']'.repeat(65)}`)).toThrow(/nested/);
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(/nested/);
    expect(parseJson(JSON.stringify('['.repeat(1_000)))).toHaveLength(1_000);
    expect(parseJson(`"\\"${'['.repeat(100)}"`)).toHaveLength(101);
  });

  test('what came can be written again as it came', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(asReceived(parseJson(`[${text}]`))).toBe(`[${text}]`);
      }),
    );
  });
});

describe('writing', () => {
  test('keeps the order given, or sorts by name at every level', () => {
    const value = { b: 1, a: { d: '2', c: [{ z: null, y: true }] }, left: undefined };
    expect(compactJson(value)).toBe('{"b":1,"a":{"d":"2","c":[{"z":null,"y":true}]}}');
    expect(sortedJson(value)).toBe('{"a":{"c":[{"y":true,"z":null}],"d":"2"},"b":1}');
  });

  test('writes long numbers whole, and refuses those that lost digits', () => {
    expect(compactJson({ amount: 9_007_199_254_740_993n })).toBe('{"amount":9007199254740993}');
    expect(() => compactJson({ amount: 0.1 })).toThrow(RangeError);
    expect(() => compactJson({ amount: Number.NaN })).toThrow(RangeError);
  });

  test('agrees with JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const whole = JSON.parse(JSON.stringify(value), (_name, item) =>
          typeof item === 'number' ? Math.trunc(item % 1e6) : item,
        );
        expect(compactJson(whole)).toBe(JSON.stringify(whole));
      }),
    );
  });
});
