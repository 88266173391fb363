import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, json, startStub, type StubServer } from '../../support/stub-server.ts';
import { ask, lookup, NOW, openTiPay, ORDER, refusal, REQUEST, send, vectors } from './account.ts';

let stub: StubServer;
beforeEach(async () => {
  stub = await startStub();
  stub.always(json(refusal(404)));
});
afterEach(() => stub.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The JSON text that the other side makes of a query string, in the order in which it came. */
const queryJson = (path: string | undefined): string =>
  JSON.stringify(Object.fromEntries(new URL(path ?? '', 'http://stub').searchParams));

describe('every vector, over what stood on the wire', () => {
  const [query, create] = vectors.requests;

  it('GET', async () => {
    const account = openTiPay({ baseUrl: stub.url });
    await ask(account);
    const [request] = stub.requests;
    expect(request?.method).toBe('GET');
    expect(queryJson(request?.path)).toBe(query?.paramsJson);
    expect(request?.headers).toMatchObject({
      'ti-appid': 'tichain000000',
      'ti-timestamp': query?.timestamp,
      'ti-signature': query?.signature,
    });
    await account.close();
  });

  it('POST', async () => {
    const account = openTiPay({ baseUrl: stub.url, merchantNo: '10012426723' });
    await send(account);
    const [request] = stub.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/yb/trade/refund', body: create?.paramsJson });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'ti-timestamp': create?.timestamp,
      'ti-signature': create?.signature,
    });
    await account.close();
  });
});

it('sorted keys are sent and signed in that order', async () => {
  const account = openTiPay({ baseUrl: stub.url, signature: { sortedKeys: true } });
  await ask(account);
  await send(account, { reason: null });
  const [query, create] = stub.requests;
  const queryText = `{"merchantNo":"1008xxxxxxx","orderId":"${ORDER}","refundRequestId":"${REQUEST}"}`;
  expect(queryJson(query?.path)).toBe(queryText);
  expect(query?.headers['ti-signature']).toBe(sha256(`${queryText}${NOW.getTime()}test-app-key`));
  const createText =
    `{"merchantNo":"1008xxxxxxx","notifyUrl":"https://example.org/notify/chain","orderId":"${ORDER}",` +
    `"refundAmount":"0.01","refundRequestId":"${REQUEST}"}`;
  expect(create?.body).toBe(createText);
  expect(create?.headers['ti-signature']).toBe(sha256(`${createText}${NOW.getTime()}test-app-key`));
  await account.close();
});

it('ids that need escaping in an address are signed as they are', async () => {
  const account = openTiPay({ baseUrl: stub.url });
  const refund = 'a&b=c d/é+"';
  await account.query(lookup({ refund, payment: ORDER }))?.send(AbortSignal.timeout(5_000));
  const [request] = stub.requests;
  const text = queryJson(request?.path);
  expect(JSON.parse(text)).toMatchObject({ refundRequestId: refund });
  expect(request?.headers['ti-signature']).toBe(sha256(`${text}${NOW.getTime()}test-app-key`));
  await account.close();
});

it('each try is signed with the time of that try', async () => {
  let now = NOW.getTime();
  const account = openTiPay({ baseUrl: stub.url }, { clock: () => new Date((now += 1)) });
  stub.next(answer(503));
  await ask(account);
  const [first, second] = stub.requests.map(({ headers }) => headers);
  expect(first?.['ti-timestamp']).not.toBe(second?.['ti-timestamp']);
  expect(first?.['ti-signature']).not.toBe(second?.['ti-signature']);
  await account.close();
});
