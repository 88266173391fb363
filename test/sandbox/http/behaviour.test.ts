import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { signBluePay } from '../../../src/sandbox/bluepay/signature.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { bluePay, code, control, ofAccount, sandboxFor, shoutu, tiPayCreate, tiPayQuery } from '../support/merchant.ts';

const query = (sandbox: Sandbox): Promise<unknown> =>
  tiPayQuery(sandbox, { refundRequestId: 'r1', orderId: 'ORDERDEMO1' });
const create = (sandbox: Sandbox): Promise<unknown> =>
  tiPayCreate(sandbox, { orderId: 'ORDERDEMO1', refundRequestId: 'r1', refundAmount: '1.00' });
const executed = async (sandbox: Sandbox): Promise<boolean> =>
  JSON.stringify(await control(sandbox, '/executed')).includes('"r1"');

/** A BluePay query as raw HTTP, to see the answer as it is. */
function raw(
  sandbox: Sandbox,
): Promise<{ status: number; headers: Record<string, unknown>; bytes: number; body: Buffer }> {
  const [appId, privateKey] = [ofAccount(sandbox, 'BLUEPAY', 'appId'), ofAccount(sandbox, 'BLUEPAY', 'privateKey')];
  const param = JSON.stringify({ originalTransactionId: 'CUDEMO1', timestamp: Date.now() });
  const body = JSON.stringify({ appId, param, sign: signBluePay(param, privateKey) });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${sandbox.urls.BLUEPAY}/open-api/refund/payments`, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes < 1_000_000) chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const WELL = '{"code":10000,"message":"Success","data":[]}';

describe('A bad day', () => {
  test('ends after as many requests as were asked for, for each provider and operation meant', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', operations: ['query'], code: 500, times: 2 });
    await create(sandbox);
    expect([code(await query(sandbox)), code(await query(sandbox)), code(await query(sandbox))]).toEqual([
      500, 500, 200,
    ]);
  });

  test('ends when it is called off', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'ALL', status: 503 });
    expect((await raw(sandbox)).status).toBe(503);
    await control(sandbox, '/behave/reset', {});
    expect((await raw(sandbox)).body.toString()).toBe(WELL);
  });

  test('speaks in each provider its own code', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'ALL', code: 21020 });
    expect(await bluePay(sandbox, 'refund/payments', {})).toEqual({ code: 21020, message: 'Too many requests' });
    expect(code(await query(sandbox))).toBe(21020);
    expect(code(await shoutu(sandbox, 'querylist', {}))).toBe('21020');
  });

  test('speaks in its provider HTTP 500, with the envelope of the provider', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'SHOUTU', code: 9999, message: '系统繁忙', status: 500 });
    expect(await shoutu(sandbox, 'querylist', {})).toEqual({ code: '9999', msg: '系统繁忙', data: null });
  });

  test.each(['create', 'query'])('says no inside a yes, at TiPay: %s', async (operation) => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', innerCode: 'OPR18016', message: '余额不足', times: 1 });
    expect(await (operation === 'create' ? create(sandbox) : query(sandbox))).toEqual({
      code: 200,
      success: true,
      msg: '操作成功',
      data: { code: 'OPR18016', message: '余额不足' },
    });
    expect(await executed(sandbox)).toBe(false);
  });

  test('says code 200 without success, at TiPay', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', code: 200, message: '处理失败' });
    expect(await create(sandbox)).toEqual({ code: 200, success: false, data: null, msg: '处理失败' });
    expect(await executed(sandbox)).toBe(false);
  });

  test.each([
    [21000, 'Server error'],
    [21011, 'Network error'],
    [21020, 'Too many requests'],
  ])('says BluePay %i in HTTP 200', async (errorCode, message) => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', code: errorCode });
    const { status, body } = await raw(sandbox);
    expect([status, JSON.parse(body.toString())]).toEqual([200, { code: errorCode, message }]);
  });

  test('says HTTP 429 and for how long', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', status: 429, retryAfterS: 7 });
    expect(await raw(sandbox)).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  });

  test('may be that of one refund alone, beside what holds for all', async () => {
    const sandbox = await sandboxFor();
    await create(sandbox);
    await control(sandbox, '/behave', { provider: 'TIPAY', code: 500, containing: 'refundRequestId=r1&' });
    await control(sandbox, '/behave', { provider: 'TIPAY', code: 404, operations: ['query'], times: 1 });
    const other = () => tiPayQuery(sandbox, { refundRequestId: 'r2', orderId: 'ORDERDEMO1' });
    expect([code(await query(sandbox)), code(await other())]).toEqual([500, 404]);
    expect([code(await query(sandbox)), code(await create(sandbox))]).toEqual([500, 200]);
  });

  test('answers an HTTP error and carries nothing out', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', status: 502 });
    await create(sandbox);
    expect(await executed(sandbox)).toBe(false);
  });

  test('answers an HTTP error but carries out, when told so', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', status: 502, execute: true });
    expect(await create(sandbox)).toEqual({ status: 502, error: 'Bad Gateway' });
    expect(await executed(sandbox)).toBe(true);
  });

  test('kills the socket before, or after it has carried out', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', reset: true });
    await expect(create(sandbox)).rejects.toThrow('fetch failed');
    expect(await executed(sandbox)).toBe(false);
    await control(sandbox, '/behave', { provider: 'TIPAY', answerLost: true });
    await expect(create(sandbox)).rejects.toThrow('fetch failed');
    expect(await executed(sandbox)).toBe(true);
  });

  test('never answers', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', hang: true });
    const answer = raw(sandbox).then(
      () => 'answered',
      () => 'closed',
    );
    const patience = new Promise((resolve) => {
      setTimeout(resolve, 100, 'silence');
    });
    expect(await Promise.race([answer, patience])).toBe('silence');
    // Closing leaves no request hanging.
    await sandbox.close();
    expect(await answer).toBe('closed');
  });

  test.each(['latencyMs', 'answerDelayMs'])('is slow: %s', async (member) => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', [member]: 120 });
    const start = performance.now();
    expect((await raw(sandbox)).body.toString()).toBe(WELL);
    expect(performance.now() - start).toBeGreaterThanOrEqual(118);
  });

  test('carries out late what a caller has given up', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'TIPAY', latencyMs: 60_000 });
    const slow = create(sandbox).catch(() => 'gone');
    await sandbox.close();
    expect(await slow).toBe('gone');
  });

  test('answers HTML', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', garbage: 'html' });
    const answer = await raw(sandbox);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body.toString()).toContain('<!DOCTYPE html>');
  });

  test('answers nothing, half of it, or far too much', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', garbage: 'empty' });
    expect((await raw(sandbox)).body.toString()).toBe('');
    await control(sandbox, '/behave', { provider: 'BLUEPAY', garbage: 'truncated' });
    expect((await raw(sandbox)).body.toString()).toBe(WELL.slice(0, WELL.length / 2));
    await control(sandbox, '/behave', { provider: 'BLUEPAY', garbage: 'huge' });
    expect((await raw(sandbox)).bytes).toBeGreaterThan(60_000_000);
    await control(sandbox, '/behave', { provider: 'BLUEPAY', garbage: 'huge', gzip: true });
    expect((await raw(sandbox)).bytes).toBeLessThan(1_000_000);
  });

  test('answers gzip', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', gzip: true });
    const answer = await raw(sandbox);
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toBe(WELL);
  });

  test('sends away', async () => {
    const sandbox = await sandboxFor();
    await control(sandbox, '/behave', { provider: 'BLUEPAY', redirect: true, status: 307 });
    expect(await raw(sandbox)).toMatchObject({ status: 307, headers: { location: '/elsewhere' } });
  });
});
