/** The signature, by vectors that were computed outside of this project. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseJson } from '../../../src/providers/wire/json.ts';
import { sign, signedText, verify, type SignedMembers } from '../../../src/providers/shoutu/signature/signature.ts';

const members: z.ZodType<SignedMembers> = z.record(z.string(), z.json());
const vectors = z
  .object({
    shoutu: z.array(
      z.object({
        request: members,
        secret: z.string(),
        nested: z.enum(['compact', 'omit', 'sorted']),
        signedText: z.string(),
        sign: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/signatures.json', import.meta.url), 'utf8'))).shoutu;

describe('vectors', () => {
  test('there are some for every way with nested objects', () => {
    expect(new Set(vectors.map(({ nested }) => nested))).toEqual(new Set(['compact', 'omit', 'sorted']));
  });

  test.each(vectors.map((vector, index) => [`${index} ${vector.nested}`, vector] as const))('%s', (_name, vector) => {
    const { request, secret, nested } = vector;
    expect(signedText(request, { secret, nested })).toBe(vector.signedText);
    expect(sign(request, { secret, nested })).toBe(vector.sign);
    expect(verify(request, vector.sign, { secret, nested })).toBe(true);
    expect(verify({ ...request, sign: vector.sign }, vector.sign.toLowerCase(), { secret, nested })).toBe(true);
  });
});

const rule = { secret: 'key', nested: 'compact' } as const;

test('sorted keys are sorted at every level', () => {
  const nested = { z: { b: '1', a: [{ d: '1', c: '2' }] }, a: '0' };
  expect(signedText({ nested }, { ...rule, nested: 'sorted' })).toBe(
    'nested={"a":"0","z":{"a":[{"c":"2","d":"1"}],"b":"1"}}&key=key',
  );
  expect(signedText({ nested }, rule)).toBe('nested={"z":{"b":"1","a":[{"d":"1","c":"2"}]},"a":"0"}&key=key');
});

test('numbers of a received body count with the digits they came with', () => {
  const received = z.record(z.string(), z.custom<string>()).parse(parseJson('{"b":{"x":1.50},"a":9007199254740993}'));
  expect(signedText(received, rule)).toBe('a=9007199254740993&b={"x":1.50}&key=key');
});

const text = fc.string({ unit: 'grapheme' });
const someMembers = fc.dictionary(text, text, { maxKeys: 8 });

describe('for any members', () => {
  test('what says nothing does not count, nor does sign', () => {
    fc.assert(
      fc.property(someMembers, text, (some, other) => {
        const padded = { ...some, nothing: null, empty: '', absent: undefined };
        const { nothing: _n, empty: _e, absent: _a, ...bare } = padded;
        expect(sign({ ...padded, sign: other }, rule)).toBe(sign(bare, rule));
      }),
    );
  });

  test('their order does not count', () => {
    fc.assert(
      fc.property(someMembers, (some) => {
        expect(sign(Object.fromEntries(Object.entries(some).toReversed()), rule)).toBe(sign(some, rule));
      }),
    );
  });

  test('a changed value, another secret or another text is not verified', () => {
    fc.assert(
      fc.property(someMembers, fc.string({ minLength: 1 }), (some, other) => {
        const signature = sign({ ...some, amount: '1' }, rule);
        expect(verify({ ...some, amount: '1' }, signature, rule)).toBe(true);
        expect(verify({ ...some, amount: '10' }, signature, rule)).toBe(false);
        expect(verify({ ...some, amount: '1' }, signature, { ...rule, secret: `key${other}` })).toBe(false);
        expect(verify({ ...some, amount: '1' }, other, rule)).toBe(false);
      }),
    );
  });
});
