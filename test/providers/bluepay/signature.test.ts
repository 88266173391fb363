import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, json, startStub, type StubServer } from '../../support/stub-server.ts';
import { ask, openBluePay, row, send, sentEnvelope, success, vectors } from './account.ts';

let stub: StubServer;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

describe('every vector, over the text that stood on the wire', () => {
  it.each(vectors.cases.map((vector) => ({ name: `${vector.hash} ${vector.param.slice(0, 26)}`, ...vector })))(
    '$name…',
    async ({ param, hash, sign }) => {
      const isCreate = param.includes('mchRefundOrderId');
      const account = openBluePay({
        baseUrl: stub.url,
        signature: { hash: hash.toUpperCase() },
        timestampUnit: isCreate ? 'ms' : 's',
      });
      stub.always(json(success(isCreate ? row({ refundStatus: 'PENDING' }) : [])));
      if (isCreate) await send(account);
      else await ask(account, { theirPayment: 'CU518563189147832320' });
      const sent = sentEnvelope(stub.requests[0]);
      expect(sent).toStrictEqual({ appId: '733b887a4a784708bb369524db5b6ded', param, sign });
      await account.close();
    },
  );
});

it('verifies with a library that knows nothing of ours', async () => {
  const account = openBluePay({ baseUrl: stub.url });
  stub.always(json(success([])));
  await ask(account, { theirRefund: '1818563941756964864' });
  const { param, sign } = sentEnvelope(stub.requests[0]);
  expect(param).toBe('{"refundTransactionId":"1818563941756964864","timestamp":1722416882000}');
  const key = createPublicKey({
    key: Buffer.from(vectors.publicKeySpkiBase64, 'base64'),
    format: 'der',
    type: 'spki',
  });
  expect(verify('sha256', Buffer.from(param), key, Buffer.from(sign, 'base64'))).toBe(true);
  await account.close();
});

it('signs each try anew, with the time of that try', async () => {
  let now = 1_722_416_882_000;
  const account = openBluePay({ baseUrl: stub.url }, { clock: () => new Date((now += 1)) });
  stub.next(answer(503), json(success([])));
  await ask(account, { theirPayment: 'CU1' });
  const [first, second] = stub.requests.map(sentEnvelope);
  expect(stub.requests).toHaveLength(2);
  expect(first?.param).not.toBe(second?.param);
  expect(first?.sign).not.toBe(second?.sign);
  await account.close();
});
