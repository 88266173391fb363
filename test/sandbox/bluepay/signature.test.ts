import { describe, expect, test } from 'vitest';
import vectors from '../../fixtures/signatures.json' with { type: 'json' };
import { fitsBluePay, signBluePay } from '../../../src/sandbox/bluepay/signature.ts';

const { cases, privateKeyPkcs8Base64, publicKeySpkiBase64 } = vectors.bluepay;

describe("BluePay's signature", () => {
  test.each(cases.filter(({ hash }) => hash === 'sha256'))('fits the vector of $param', ({ param, sign }) => {
    expect(signBluePay(param, privateKeyPkcs8Base64)).toBe(sign);
    expect(fitsBluePay(param, sign, publicKeySpkiBase64)).toBe(true);
    expect(fitsBluePay(`${param} `, sign, publicKeySpkiBase64)).toBe(false);
  });

  test.each(cases.filter(({ hash }) => hash === 'sha1'))('is not SHA-1: $param', ({ param, sign }) => {
    expect(fitsBluePay(param, sign, publicKeySpkiBase64)).toBe(false);
  });
});
