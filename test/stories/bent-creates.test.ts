/**
 * Promise: over real HTTP, whatever a create is answered with, it is sent once, its caller gets a result, and
 * its amount is never free while it may have been executed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_BENDS, bendsOf, someOf } from '../support/bends.ts';
import {
  BLUE,
  CHAIN,
  spellingsFor,
  startBentProvider,
  wires,
  type BentProvider,
  type Shape,
  type Wire,
} from '../support/bent-provider.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';
import { until } from '../support/until.ts';

const SLOW = { timeout: ALL_BENDS ? 3_600_000 : 600_000 };
const WAIT_MS = ALL_BENDS ? 900_000 : 120_000;
const CREATE = `mutation ($input: CreateRefundInput!) { createRefund(input: $input) {
  kind: __typename
  ... on CreateRefundSuccess { refund { merchantRefundId status payment { refundedAmount { amount } } } }
  ... on ProviderRejectedError { code providerMessage refund { merchantRefundId status } }
  ... on Error { message }
} }`;

let providers: readonly BentProvider[];
let server: ServerUnderTest;
beforeAll(async () => {
  providers = [await startBentProvider(BLUE), await startBentProvider(CHAIN)];
  const accounts = Object.fromEntries(providers.map(({ shape, url }) => [shape.account, { baseUrl: url }]));
  server = await startServerUnderTest({
    accounts,
    reconciliation: {
      pausesSeconds: [0.3, 1, 2, 4, 30],
      lateArrivalSeconds: 0.1,
      giveUpAfterSeconds: 1,
      sweepSeconds: 1,
    },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const provider of providers) await provider.close();
});

/** What a create is answered with; the id that was sent is known then only. */
interface Case {
  readonly name: string;
  readonly wire: (id: string, payment: string) => Wire;
}
interface Made {
  readonly name: string;
  readonly payment: string;
  readonly kind: string;
}

/** So many failures in a row do not yet make the provider pass for away. */
const AT_ONCE = 4;
let payments = 0;

async function create(shape: Shape, payment: string): Promise<{ kind: string; refundedAmount?: string }> {
  const amount = { amount: '1.00', currency: shape.currency };
  const input = { idempotencyKey: payment, account: shape.account, [shape.paymentKey]: payment, amount };
  const { data, errors } = await server.ask(CREATE, { input });
  expect(errors).toBeUndefined();
  return { kind: data.createRefund.kind, refundedAmount: data.createRefund.refund?.payment?.refundedAmount.amount };
}

/** Makes a refund for each case, with a good one behind a few of them. */
async function createAll(
  { shape, creates, denied }: BentProvider,
  cases: readonly Case[],
  denies: boolean,
): Promise<readonly Made[]> {
  const all: Made[] = [];
  for (let from = 0; from < cases.length; from += AT_ONCE) {
    const some = cases.slice(from, from + AT_ONCE).map(({ name, wire }) => {
      const payment = `PAY${(payments += 1)}`;
      creates.set(payment, (id) => wire(id, payment));
      if (denies) denied.add(payment);
      return { name, payment };
    });
    all.push(...(await Promise.all(some.map(async (one) => ({ ...one, ...(await create(shape, one.payment)) })))));
    expect(await create(shape, `GOOD${(payments += 1)}`)).toEqual({
      kind: 'CreateRefundSuccess',
      refundedAmount: '1.00',
    });
  }
  return all;
}

/** What this server shows of the refunds of some payments. */
async function shownOf({ shape }: BentProvider, made: readonly Made[]) {
  const fields = made.map(({ payment }, nth) => {
    const by = `by: { account: "${shape.account}", ${shape.paymentKey}: "${payment}" }`;
    return `p${nth}: payment(${by}, read: LEDGER) { refundedAmount { amount } refunds(first: 2) { nodes { status attention { reason } } } }`;
  });
  const shown: {
    name: string;
    sum: string;
    refunds: readonly { status: string; attention: { reason: string } | null }[];
  }[] = [];
  for (let from = 0; from < fields.length; from += 10) {
    const { data, errors } = await server.ask(`{ ${fields.slice(from, from + 10).join('\n')} }`);
    expect(errors).toBeUndefined();
    for (const [nth, { name }] of made.slice(from, from + 10).entries()) {
      const { refundedAmount, refunds } = data[`p${from + nth}`];
      shown.push({ name, sum: refundedAmount.amount, refunds: refunds.nodes });
    }
  }
  return shown;
}

/**
 * Of each refund what is wrong; a good one has this status and was sent once. Where two answers of the
 * provider name two ids of its own for it, a person must look.
 */
async function wrongs(
  provider: BentProvider,
  made: readonly Made[],
  statuses: readonly string[],
): Promise<readonly string[]> {
  const shown = await shownOf(provider, made);
  return shown.flatMap(({ name, ...rest }, nth) => {
    const { payment, kind } = made[nth] ?? expect.unreachable();
    const sends = provider.sent.get(payment)?.length;
    const [refund, ...others] = rest.refunds;
    const isOnce = sends === 1 && rest.sum === '1.00' && others.length === 0;
    const isShown =
      refund !== undefined && (statuses.includes(refund.status) || refund.attention?.reason === 'CONFLICT');
    const isRight =
      isOnce && isShown && (refund.attention?.reason !== 'CONFLICT' || name.includes('refundTransactionId'));
    return isRight ? [] : [`${name}: ${kind}, sent ${sends} times, ${JSON.stringify(rest)}`];
  });
}

/** Of so many bends one is tried. */
const STEP = 13;
const providerOf = (shape: Shape) => providers.find((one) => one.shape === shape) ?? expect.unreachable();

/** Creates whose record is bent, and those whose envelope is. */
function bentRecords(shape: Shape): readonly (Case & { readonly member: string | null })[] {
  const bends = (id: string, payment: string) => bendsOf(shape.created(id, payment), spellingsFor(shape));
  const yes = JSON.stringify(shape.envelope('HERE'));
  // An end that the provider itself tells is believed.
  const endsBadly = (source: string | null) =>
    ['FAILED', 'CANCELED'].includes(shape.statuses.get(JSON.parse(source ?? 'null')) ?? '');
  const cases = bends('R', 'P').map(({ name, member, source }, nth) => ({
    name,
    member,
    source,
    wire: (id: string, payment: string) => ({ body: yes.replace('"HERE"', () => bends(id, payment)[nth]?.text ?? '') }),
  }));
  return cases.filter(({ member, source }) => member !== shape.status || !endsBadly(source));
}
function bentEnvelopes(shape: Shape): readonly Case[] {
  const bends = (id: string, payment: string) => bendsOf(shape.envelope(shape.created(id, payment)), shape.codes);
  return bends('R', 'P').map(({ name }, nth) => ({
    name,
    wire: (id, payment) => ({ body: bends(id, payment)[nth]?.text ?? '' }),
  }));
}
function bentHttp(shape: Shape): readonly Case[] {
  const all = (id: string, payment: string) =>
    wires(JSON.stringify(shape.envelope(shape.created(id, payment))), JSON.stringify(shape.refusal));
  return all('R', 'P').map(({ name }, nth) => ({
    name,
    wire: (id, payment) => all(id, payment)[nth] ?? expect.unreachable(),
  }));
}

describe.each([BLUE, CHAIN])('at $account', (shape) => {
  test('a create that was executed ends as its query says, whatever it was answered with', SLOW, async () => {
    const provider = providerOf(shape);
    const cases = someOf([...bentRecords(shape), ...bentEnvelopes(shape), ...bentHttp(shape)], STEP);
    const made = await createAll(provider, cases, false);
    let last: readonly string[] = [];
    await until(async () => {
      last = await wrongs(provider, made, ['SUCCEEDED']);
      return last.length === 0;
    }, WAIT_MS).catch(() => expect(last).toEqual([]));
    if (ALL_BENDS) console.info(`${shape.account}: ${cases.length} creates`);
  });

  test(
    'a create that was answered with a yes around a bent record is not sent again, though it is denied',
    SLOW,
    async () => {
      const provider = providerOf(shape);
      // YeePay's own code inside of it may say no, and a status word that it failed.
      const isYes = ({ member }: { member: string | null }) => member !== 'code' && member !== shape.status;
      const cases = someOf(bentRecords(shape).filter(isYes), STEP);
      const made = await createAll(provider, cases, true);
      const asked = Date.now();
      const isDenied = ({ payment }: Made) => (provider.questions.get(payment) ?? 0) >= 3;
      // Long after the second in which "not there" gives up what was lost.
      await until(() => Promise.resolve(made.every(isDenied) && Date.now() - asked > 3_000), WAIT_MS);
      expect(await wrongs(provider, made, ['PENDING', 'PROCESSING'])).toEqual([]);
      if (ALL_BENDS) console.info(`${shape.account}: ${cases.length} denied creates`);
    },
  );
});
