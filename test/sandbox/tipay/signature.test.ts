import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import vectors from '../../fixtures/signatures.json' with { type: 'json' };
import {
  fitsTiPay,
  fitsTiPayCallback,
  queryJson,
  signTiPay,
  signTiPayCallback,
} from '../../../src/sandbox/tipay/signature.ts';

const { requests, callback } = vectors.tipay;

describe("TiPay's signatures", () => {
  test.each(requests)('fits the vector of a $method', ({ paramsJson, timestamp, appKey, signature }) => {
    expect(signTiPay(paramsJson, timestamp, appKey)).toBe(signature);
    expect(fitsTiPay({ paramsJson, timestamp, signature }, appKey)).toBe(true);
    expect(fitsTiPay({ paramsJson, timestamp: `${timestamp}1`, signature }, appKey)).toBe(false);
    expect(fitsTiPay({ paramsJson, timestamp, signature: signature.toUpperCase() }, appKey)).toBe(false);
  });

  test('read the parameters of a GET in the order sent', () => {
    const members = z.record(z.string(), z.string()).parse(JSON.parse(requests[0]?.paramsJson ?? ''));
    const search = new URLSearchParams(members).toString();
    expect(queryJson(search)).toBe(requests[0]?.paramsJson);
    expect(queryJson('b=2&a=1')).toBe('{"b":"2","a":"1"}');
  });

  test('fit the vector of a callback', () => {
    const { response, sign, privateKeyPkcs8Base64, publicKeySpkiBase64 } = callback;
    expect(signTiPayCallback(response, privateKeyPkcs8Base64)).toBe(sign);
    expect(fitsTiPayCallback(response, sign, publicKeySpkiBase64)).toBe(true);
    expect(fitsTiPayCallback(`${response} `, sign, publicKeySpkiBase64)).toBe(false);
  });
});
