/**
 * Promise: over real HTTP, whatever a signed callback says, nobody falls: it is acknowledged or refused, it
 * decides only what it says of this very refund, and no amount becomes free by what can't be read.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signBluePay } from '../../src/sandbox/bluepay/signature.ts';
import { newKeyPair } from '../../src/sandbox/state/key-pair.ts';
import { signTiPayCallback } from '../../src/sandbox/tipay/signature.ts';
import { ALL_BENDS, bendsOf, someOf, type Bend } from '../support/bends.ts';
import {
  BLUE,
  CHAIN,
  spellingsFor,
  startBentProvider,
  worth,
  type BentProvider,
  type Shape,
} from '../support/bent-provider.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

const SLOW = { timeout: ALL_BENDS ? 3_600_000 : 600_000 };
/** Of so many bends one is tried. */
const STEP = 11;
const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

let providers: readonly BentProvider[];
let server: ServerUnderTest;
let platform: Awaited<ReturnType<typeof newKeyPair>>;
beforeAll(async () => {
  platform = await newKeyPair();
  providers = [await startBentProvider(BLUE), await startBentProvider(CHAIN)];
  const platformPublicKey = platform.publicKey;
  const accounts = Object.fromEntries(
    providers.map(({ shape, url }) => [shape.account, { baseUrl: url, platformPublicKey }]),
  );
  server = await startServerUnderTest({
    accounts,
    // What a callback alone tells is left as it is by the jobs, within the time of this test.
    reconciliation: { pausesSeconds: [3_600], sweepSeconds: 3_600 },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const provider of providers) await provider.close();
});

interface Post {
  readonly contentType: string;
  readonly body: string | Buffer;
}

/** The two members of a callback's body, well signed. */
function signed({ account }: Shape, text: string): Readonly<Record<string, string>> {
  return account === 'blue'
    ? { param: text, sign: signBluePay(text, platform.privateKey) }
    : { response: text, sign: signTiPayCallback(text, platform.privateKey) };
}

function noticeOf(shape: Shape, text: string): Post {
  const members = signed(shape, text);
  return shape === BLUE
    ? { contentType: JSON_TYPE, body: JSON.stringify(members) }
    : { contentType: FORM, body: new URLSearchParams(members).toString() };
}

async function post({ shape }: BentProvider, { contentType, body }: Post): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': contentType };
  const response = await fetch(`${server.url}/notify/${shape.account}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

const ACKNOWLEDGED = { blue: '{"code":10000,"message":"Success"}', chain: 'SUCCESS' };
let payments = 0;

/** A refund that its provider has, and says to be on its way. */
async function make({ shape, queries }: BentProvider): Promise<{ readonly id: string; readonly payment: string }> {
  const payment = `PAY${(payments += 1)}`;
  const amount = { amount: '1.00', currency: shape.currency };
  const input = { idempotencyKey: payment, account: shape.account, [shape.paymentKey]: payment, amount };
  const { data } = await server.ask(
    `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
      ... on CreateRefundSuccess { refund { merchantRefundId } } } }`,
    { input },
  );
  const id: string = data.createRefund.refund.merchantRefundId;
  const [underWay] = [...shape.statuses].find(([, status]) => status === 'PROCESSING') ?? [];
  queries.set(payment, { body: shape.yes(JSON.stringify({ ...shape.record(id, payment), [shape.status]: underWay })) });
  return { id, payment };
}

/** What is shown of a refund, and how much of its payment is not free. */
async function shown({ shape }: BentProvider, { id, payment }: { readonly id: string; readonly payment: string }) {
  const { data, errors } = await server.ask(`{
    refund(by: { key: { account: "${shape.account}", merchantRefundId: "${id}" } }, read: LEDGER) {
      status providerStatus amount { amount } reason feeRefunded { amount } completedAt providerRecord { raw }
    }
    payment(by: { account: "${shape.account}", ${shape.paymentKey}: "${payment}" }, read: LEDGER) { refundedAmount { amount } }
  }`);
  expect(errors).toBeUndefined();
  return { ...data.refund, sum: data.payment.refundedAmount.amount };
}

/** Sends each callback about a refund of its own; what is wrong, in a line each. */
async function wrongs<Case extends { readonly name: string }>(
  provider: BentProvider,
  cases: readonly Case[],
  write: (one: Case, id: string, payment: string) => Post,
  judge: (one: Case, answered: number, refund: Awaited<ReturnType<typeof shown>>) => void,
): Promise<readonly string[]> {
  const { shape, sent } = provider;
  const found: string[] = [];
  for (const one of cases) {
    const refund = await make(provider);
    const { status, text } = await post(provider, write(one, refund.id, refund.payment));
    try {
      expect([200, 401, 413, 415]).toContain(status);
      if (status === 200) expect(text).toBe(ACKNOWLEDGED[shape.account]);
      const after = await shown(provider, refund);
      expect(after.amount.amount).toBe('1.00');
      expect(sent.get(refund.payment)).toHaveLength(1);
      if (status !== 200) expect(after).toMatchObject({ status: 'PROCESSING', sum: '1.00' });
      judge(one, status, after);
    } catch (error) {
      found.push(
        `${one.name}: HTTP ${status}, ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
      );
    }
  }
  // And then a good one is taken.
  const good = await make(provider);
  const answer = await post(provider, noticeOf(shape, JSON.stringify(shape.record(good.id, good.payment))));
  expect(answer).toEqual({ status: 200, text: ACKNOWLEDGED[shape.account] });
  expect(await shown(provider, good)).toMatchObject({ status: 'SUCCEEDED', sum: '1.00' });
  return found;
}

function judgeRecord(shape: Shape, { member, source, name }: Bend, refund: Awaited<ReturnType<typeof shown>>): void {
  if (member === shape.status) {
    const word = /^"(.*)"$/s.exec(source ?? '')?.[1] ?? '';
    const status = shape.statuses.get(word) ?? 'PROCESSING';
    expect(refund.status).toBe(status);
    expect(refund.sum).toBe(status === 'FAILED' || status === 'CANCELED' ? '0.00' : '1.00');
    return;
  }
  const isOther = shape.keys.includes(member ?? '') && !name.endsWith('null first');
  const isOtherAmount = member === 'refundAmount' && worth(source, shape.minorDigits) !== '1.00';
  expect(isOther || isOtherAmount ? ['PROCESSING'] : ['PROCESSING', 'SUCCEEDED']).toContain(refund.status);
  expect(Number(refund.sum)).toBeGreaterThanOrEqual(1);
}

const providerOf = (shape: Shape) => providers.find((one) => one.shape === shape) ?? expect.unreachable();

describe.each([BLUE, CHAIN])('at $account', (shape) => {
  test('a signed record that is bent in each member', SLOW, async () => {
    const bends = (id: string, payment: string) => bendsOf(shape.record(id, payment), spellingsFor(shape));
    const cases = someOf(
      bends('R', 'P').map((bend, nth) => ({ ...bend, nth })),
      STEP,
    );
    const found = await wrongs(
      providerOf(shape),
      cases,
      ({ nth }, id, payment) => noticeOf(shape, bends(id, payment)[nth]?.text ?? expect.unreachable()),
      (bend, _answered, refund) => judgeRecord(shape, bend, refund),
    );
    expect(found).toEqual([]);
    if (ALL_BENDS) console.info(`${shape.account}: ${cases.length} callbacks`);
  });

  test('a body that is bent in each member, or as a whole', SLOW, async () => {
    const bodies = (id: string, payment: string): readonly (Post & { readonly name: string })[] => {
      const text = JSON.stringify(shape.record(id, payment));
      const members = signed(shape, text);
      const form = new URLSearchParams(members).toString();
      const whole = JSON.stringify(members);
      return [
        ...bendsOf(members).map((bend) => ({ name: bend.name, contentType: JSON_TYPE, body: bend.text })),
        { name: 'a form', contentType: FORM, body: form },
        { name: 'a form, each member twice', contentType: FORM, body: `${form}&${form}` },
        { name: 'a form called JSON', contentType: JSON_TYPE, body: form },
        { name: 'JSON called a form', contentType: FORM, body: whole },
        { name: 'JSON called text', contentType: 'text/plain', body: whole },
        { name: 'no type', contentType: '', body: whole },
        { name: 'nothing', contentType: JSON_TYPE, body: '' },
        { name: 'a broken escape', contentType: FORM, body: `${form}%zz%` },
        { name: 'not UTF-8', contentType: JSON_TYPE, body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) },
        { name: 'UTF-16', contentType: JSON_TYPE, body: Buffer.from(whole, 'utf16le') },
        { name: 'a byte order mark', contentType: JSON_TYPE, body: `\ufeff${whole}` },
        { name: 'huge', contentType: JSON_TYPE, body: JSON.stringify({ ...members, more: 'x'.repeat(1_000_000) }) },
        { name: 'deep', contentType: JSON_TYPE, body: `${'['.repeat(5_000)}${']'.repeat(5_000)}` },
      ];
    };
    const cases = someOf(
      bodies('R', 'P').map(({ name }, nth) => ({ name, nth })),
      STEP,
    );
    const found = await wrongs(
      providerOf(shape),
      cases,
      ({ nth }, id, payment) => bodies(id, payment)[nth] ?? expect.unreachable(),
      (_one, answered, refund) => {
        expect(refund.sum).toBe('1.00');
        expect(refund.status).toBe(answered === 200 ? 'SUCCEEDED' : 'PROCESSING');
      },
    );
    expect(found).toEqual([]);
    if (ALL_BENDS) console.info(`${shape.account}: ${cases.length} bodies`);
  });

  test('and all that came is listed', SLOW, async () => {
    let after: string | null = null;
    do {
      const { data, errors } = await server.ask(
        `query ($after: String) { callbacks(first: 100, after: $after, filter: { accounts: ["${shape.account}"] }) {
          nodes { id state reason body copies refund { status } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      expect(errors).toBeUndefined();
      after = data.callbacks.pageInfo.hasNextPage ? data.callbacks.pageInfo.endCursor : null;
    } while (after !== null);
  });
});
