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

  test('is only what an encoder writes: a decoder of Base64 takes much else for it', () => {
    const [{ param, sign } = { param: '', sign: '' }] = cases;
    const last = sign.search(/=*$/) - 1;
    const sloppy = [
      `${sign}\n`,
      `${sign}!`,
      sign.replaceAll('+', '-').replaceAll('/', '_'),
      sign.replaceAll('=', ''),
      // Other bits behind the last byte.
      sign.slice(0, last) + String.fromCharCode(sign.charCodeAt(last) + 1) + sign.slice(last + 1),
    ].filter((text) => text !== sign);
    expect(sloppy.length).toBeGreaterThan(3);
    for (const text of sloppy) {
      expect(Buffer.from(text, 'base64').equals(Buffer.from(sign, 'base64')), text).toBe(true);
      expect(fitsBluePay(param, text, publicKeySpkiBase64), text).toBe(false);
    }
  });

  test.each(cases.filter(({ hash }) => hash === 'sha1'))('is not SHA-1: $param', ({ param, sign }) => {
    expect(fitsBluePay(param, sign, publicKeySpkiBase64)).toBe(false);
  });
});
