import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fitsBluePay } from '../../src/sandbox/bluepay/signature.ts';
import { isLoopback } from '../../src/sandbox/http/post.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { fitsShoutu } from '../../src/sandbox/shoutu/signature.ts';
import { fitsTiPayCallback } from '../../src/sandbox/tipay/signature.ts';
import { openEar } from './support/ear.ts';
import { newFolder } from './support/folder.ts';
import { eventually } from './support/eventually.ts';
import { bluePay, control, ofAccount, sandboxFor, shoutu, tiPayCreate } from './support/merchant.ts';

const life = { processingAfterMs: 20, doneAfterMs: 60, callbackPausesMs: [30, 60, 90] };
const SUCCESS = { status: 200, body: 'SUCCESS' };

const createShoutu = (sandbox: Sandbox, notifyUrl: string, refundAmount = '100'): Promise<unknown> =>
  shoutu(sandbox, 'refundOrder', {
    channelPayOrderNo: 'PAY-DEMO-1',
    mchRefundNo: 'R1',
    refundMode: 'ENTIRE_REFUND',
    refundAmount,
    notifyUrl,
  });
const createBlue = (sandbox: Sandbox, refundCallbackUrl: string, refundAmount = 100): Promise<unknown> =>
  bluePay(sandbox, 'payment/refund', {
    mchRefundOrderId: 'R1',
    originalTransactionId: 'CUDEMO1',
    refundAmount,
    refundCallbackUrl,
  });

const callbacks = z.object({
  waiting: z.array(z.object({ attempts: z.int(), url: z.string() })),
  done: z.array(z.object({ merchantRefundId: z.string(), attempts: z.int(), outcome: z.string() })),
});
const done = (sandbox: Sandbox, count: number) =>
  eventually(
    async () => callbacks.parse(await control(sandbox, '/callbacks')),
    (seen) => seen.done.length >= count && seen.waiting.length === 0,
  );

describe('A callback', () => {
  test('of Shoutu is the signed record as a form, one for each change', async () => {
    const ear = await openEar(() => SUCCESS);
    const sandbox = await sandboxFor({ life });
    await createShoutu(sandbox, `${ear.url}/notify/library`);
    await done(sandbox, 2);
    const secret = ofAccount(sandbox, 'SHOUTU', 'secret');
    const forms = ear.heard.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(forms.map(({ refundState }) => refundState)).toEqual(['1', '2']);
    for (const form of forms) {
      expect(Object.keys(form)).toHaveLength(20);
      expect(fitsShoutu(form, form['sign'] ?? '', secret)).toBe(true);
      expect(form['reqTime']).toMatch(/^\d{13}$/);
    }
    expect(ear.heard[0]).toMatchObject({ path: '/notify/library', contentType: 'application/x-www-form-urlencoded' });
  });

  test.each([
    [100, { eventName: 'payment.refund.success', refundStatus: 'COMPLETE' }],
    [113, { eventName: 'payment.refund.failed', refundStatus: 'FAILED', failedCode: -10010 }],
    [119, { eventName: 'payment.refund.cancel', refundStatus: 'CANCEL' }],
  ])('of BluePay is param and sign, for the end only: %i', async (amount, members) => {
    const ear = await openEar(() => ({ status: 200, body: '{"code":10000,"message":"Success"}' }));
    const sandbox = await sandboxFor({ life });
    await createBlue(sandbox, `${ear.url}/notify/blue`, amount);
    await done(sandbox, 1);
    expect(ear.heard).toHaveLength(1);
    const { param, sign } = z
      .object({ param: z.string(), sign: z.string() })
      .parse(JSON.parse(ear.heard[0]?.body ?? ''));
    expect(fitsBluePay(param, sign, ofAccount(sandbox, 'BLUEPAY', 'platformPublicKey'))).toBe(true);
    expect(JSON.parse(param)).toMatchObject({ ...members, mchRefundOrderId: 'R1', refundAmount: amount });
    expect(ear.heard[0]?.contentType).toBe('application/json');
  });

  test('of TiPay is response and sign as a form; its failure is called errorMessage', async () => {
    const ear = await openEar(() => SUCCESS);
    const sandbox = await sandboxFor({ life });
    const members = { orderId: 'ORDERDEMO1', refundRequestId: 'R1', refundAmount: '1.13' };
    await tiPayCreate(sandbox, { ...members, notifyUrl: `${ear.url}/notify/chain` });
    await done(sandbox, 1);
    const form = new URLSearchParams(ear.heard[0]?.body);
    const response = form.get('response') ?? '';
    expect(fitsTiPayCallback(response, form.get('sign') ?? '', ofAccount(sandbox, 'TIPAY', 'platformPublicKey'))).toBe(
      true,
    );
    expect(JSON.parse(response)).toMatchObject({ ...members, status: 'FAILED', errorMessage: '银行账户状态异常' });
    expect(JSON.parse(response)).not.toHaveProperty('failReason');
  });
});

describe('A callback comes again', () => {
  test.each([
    ['an error', { status: 500, body: 'SUCCESS' }],
    ['other words', { status: 200, body: 'success' }],
    ['an acknowledgement of another provider', { status: 200, body: '{"code":10000}' }],
    ['a redirect', { status: 302, body: 'SUCCESS' }],
    ['too many words', { status: 200, body: 'SUCCESS'.padEnd(10_000) }],
  ])('after %s, with growing pauses, until it is acknowledged', async (_what, refusal) => {
    const ear = await openEar((nth) => (nth < 3 ? refusal : SUCCESS));
    const sandbox = await sandboxFor({ life: { ...life, processingAfterMs: Infinity } });
    await createShoutu(sandbox, ear.url);
    expect((await done(sandbox, 1)).done).toMatchObject([
      { merchantRefundId: 'R1', attempts: 4, outcome: 'acknowledged' },
    ]);
    const times = ear.heard.map(({ at }) => at);
    const pauses = times.slice(1).map((at, nth) => at - (times[nth] ?? 0));
    for (const [nth, least] of [30, 60, 90].entries()) expect(pauses[nth]).toBeGreaterThanOrEqual(least - 2);
  });

  test('to BluePay only 10000 is an acknowledgement', async () => {
    const words = ['SUCCESS', '{"code":"10000"}', '{"code":10000,"message":"Success"}'];
    const ear = await openEar((nth) => ({ status: 200, body: words[nth] ?? '' }));
    const sandbox = await sandboxFor({ life });
    await createBlue(sandbox, ear.url);
    expect((await done(sandbox, 1)).done).toMatchObject([{ attempts: 3, outcome: 'acknowledged' }]);
  });

  test('but not for ever', async () => {
    const ear = await openEar(() => ({ status: 500, body: '' }));
    const sandbox = await sandboxFor({ life: { doneAfterMs: 1, processingAfterMs: Infinity, callbackPausesMs: [1] } });
    await createShoutu(sandbox, ear.url);
    expect((await done(sandbox, 1)).done).toMatchObject([{ attempts: 7, outcome: 'given up' }]);
    expect(ear.heard).toHaveLength(7);
  });

  test('after a restart of the sandbox', async () => {
    const stateFile = join(await newFolder(), 'state.json');
    const deaf = await openEar(() => ({ status: 503, body: '' }));
    const first = await sandboxFor({
      stateFile,
      life: { ...life, processingAfterMs: Infinity, callbackPausesMs: [300] },
    });
    await createShoutu(first, deaf.url);
    await eventually(
      async () => deaf.heard.length,
      (count) => count === 1,
    );
    await first.close();
    const second = await sandboxFor({ stateFile, life });
    await eventually(
      async () => deaf.heard.length,
      (count) => count >= 2,
    );
    expect(callbacks.parse(await control(second, '/callbacks')).done).toEqual([]);
  });
});

describe('Only loopback is called', () => {
  test('and what is not called is said', async () => {
    const sandbox = await sandboxFor({ life: { ...life, processingAfterMs: Infinity } });
    await createShoutu(sandbox, 'http://192.0.2.1/notify/library');
    expect((await done(sandbox, 1)).done).toMatchObject([
      { attempts: 0, outcome: 'not called: only loopback addresses are' },
    ]);
  });

  test.each(['http://127.0.0.1:4000/x', 'http://127.8.9.1/', 'http://localhost:1/', 'http://[::1]:80/'])(
    '%s is',
    (url) => {
      expect(isLoopback(url)).toBe(true);
    },
  );
  test.each([
    'http://127.0.0.1.example/',
    'http://example.org/',
    'https://127.0.0.1/',
    'http://localhost.example/',
    'http://user@10.0.0.1/',
    'http://[::ffff:10.0.0.1]/',
    'file:///etc/passwd',
    'x',
  ])('%s is not', (url) => {
    expect(isLoopback(url)).toBe(false);
  });
});

describe('By hand', () => {
  test('a refund is moved and told about, at its own address or at the account in notifyBase', async () => {
    const ear = await openEar(() => SUCCESS);
    const sandbox = await sandboxFor({ notifyBase: ear.url });
    const moved = { provider: 'TIPAY', refundId: 'CHAIN00001', status: 'SUSPEND', notify: true };
    expect(await control(sandbox, '/refunds/move', moved)).toMatchObject({ notified: `${ear.url}/notify/chain` });
    await done(sandbox, 1);
    expect(ear.heard[0]?.path).toBe('/notify/chain');
    expect(new URLSearchParams(ear.heard[0]?.body).get('response')).toContain('"status":"SUSPEND"');
  });

  test('a callback is sent again as often as asked', async () => {
    const ear = await openEar(() => SUCCESS);
    const sandbox = await sandboxFor({ notifyBase: ear.url });
    const asked = { provider: 'SHOUTU', refundId: 'LIB00001', times: 200 };
    expect(await control(sandbox, '/callbacks/resend', asked)).toEqual({
      queued: 200,
      url: `${ear.url}/notify/library`,
    });
    await done(sandbox, 200);
    expect(ear.heard).toHaveLength(200);
  });

  test('a refund without an address can not be told about', async () => {
    const sandbox = await sandboxFor();
    const asked = { provider: 'SHOUTU', refundId: 'LIB00001' };
    await expect(control(sandbox, '/callbacks/resend', asked)).rejects.toThrow('no callback address');
  });
});

test('A new world tells of its newest finished refunds where no list does, an old one does not', async () => {
  const ear = await openEar(() => ({ status: 200, body: 'SUCCESS' }));
  const stateFile = join(await newFolder(), 'state.json');
  const options = { stateFile, notifyBase: ear.url, announce: 3, life };
  const sandbox = await sandboxFor(options);
  const { done: told } = await done(sandbox, 6);
  expect(told.map(({ merchantRefundId }) => merchantRefundId.replace(/\d+$/, ''))).toEqual(
    expect.arrayContaining(['BLUE', 'CHAIN']),
  );
  const paths = ear.heard.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/notify/blue', '/notify/chain']));
  expect(paths).not.toContain('/notify/library');
  await sandbox.close();

  const again = await sandboxFor(options);
  expect(callbacks.parse(await control(again, '/callbacks'))).toEqual({ waiting: [], done: [] });
});
