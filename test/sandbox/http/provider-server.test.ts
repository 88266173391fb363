import { describe, expect, test } from 'vitest';
import { code, sandboxFor, shoutu } from '../support/merchant.ts';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';

const LIST = '/jiafulai/paymentgateway/api/refund/querylist';
const json = { 'content-type': 'application/json' };

describe("A provider's server", () => {
  test.each([
    ['an unknown path', 404, '/nowhere', { method: 'POST', body: '{}', headers: json }],
    ['a wrong method', 405, LIST, { method: 'GET' }],
    ['a body that is not said to be JSON', 415, LIST, { method: 'POST', body: '{}' }],
    ['a body above one MiB', 400, LIST, { method: 'POST', body: ' '.repeat(1_048_577), headers: json }],
    ['bytes that are not UTF-8', 400, LIST, { method: 'POST', body: new Uint8Array([0xff, 0xfe]), headers: json }],
  ])('refuses %s with %i', async (_what, status, path, init) => {
    const { urls } = await sandboxFor();
    expect((await fetch(urls.SHOUTU + path, init)).status).toBe(status);
  });

  test('serves a thousand requests at once', async () => {
    const sandbox = await sandboxFor();
    const asked = Array.from({ length: 1000 }, () => shoutu(sandbox, 'querylist', { queryPage: {} }));
    const codes = (await Promise.all(asked)).map(code);
    expect(new Set(codes)).toEqual(new Set(['0']));
  });
});

describe('The sandbox', () => {
  test('names payments and refunds that are really there', async () => {
    const { examples } = await sandboxFor();
    expect(examples.SHOUTU.payments[0]).toEqual({
      providerPaymentId: 'PAY-DEMO-1',
      merchantPaymentId: 'ORDER-DEMO-1',
      minorUnits: '1000000',
    });
    expect(examples.BLUEPAY.refunds.map(({ merchantRefundId }) => merchantRefundId)).toEqual([
      'BLUE00001',
      'BLUE00002',
      'BLUE00003',
      'BLUE00004',
      'BLUE00005',
    ]);
    expect(examples.TIPAY.payments[0]?.merchantPaymentId).toBe('ORDERDEMO1');
  });

  test('says that a port is taken, and leaves nothing running', async () => {
    const { urls } = await sandboxFor();
    const port = Number(new URL(urls.TIPAY).port);
    await expect(startSandbox({ ports: { TIPAY: port } })).rejects.toThrow('EADDRINUSE');
  });
});
