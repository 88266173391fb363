import { describe, expect, test } from 'vitest';
import vectors from '../../fixtures/signatures.json' with { type: 'json' };
import { fitsShoutu, signedText, signShoutu } from '../../../src/sandbox/shoutu/signature.ts';

const compact = vectors.shoutu.filter(({ nested }) => nested === 'compact');

describe("Shoutu's signature", () => {
  test('has vectors to be measured by', () => expect(compact).toHaveLength(2));

  test.each(compact)('fits vector $sign', ({ request, secret, signedText: text, sign }) => {
    expect(signedText(request, secret)).toBe(text);
    expect(signShoutu(request, secret)).toBe(sign);
    expect(fitsShoutu({ ...request, sign }, sign.toLowerCase(), secret)).toBe(true);
  });

  test('does not fit another secret, another member or another length', () => {
    const request = { appId: 'Aleph001', reqTime: '1700000000000' };
    const sign = signShoutu(request, 'a');
    expect(fitsShoutu(request, sign, 'b')).toBe(false);
    expect(fitsShoutu({ ...request, appId: 'Aleph002' }, sign, 'a')).toBe(false);
    expect(fitsShoutu(request, sign.slice(1), 'a')).toBe(false);
  });
});
