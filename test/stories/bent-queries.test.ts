/**
 * Promise: over real HTTP, whatever a query is answered with, nobody falls: a record is shown as it means, or
 * it is said that it can't be read, and its neighbours are served.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_BENDS, bendsOf, someOf, type Bend } from '../support/bends.ts';
import {
  BLUE,
  CHAIN,
  spellingsFor,
  wires,
  worth,
  INSTANT,
  startBentProvider,
  WALL_TIME,
  type BentProvider,
  type Shape,
  type Wire,
} from '../support/bent-provider.ts';
import { startServerUnderTest, type ServerUnderTest } from '../support/server.ts';

const SLOW = { timeout: 600_000 };
const REFUND = `merchantRefundId providerRefundId amount { amount currency } feeRefunded { amount } status providerStatus
  createdAt createdAtSource completedAt failure { code message } reason attention { reason } providerRecord { raw }
  payment { providerPaymentId merchantPaymentId refundedAmount { amount } }
  details { ... on BluePayRefundDetails { failedCode }
    ... on TiPayRefundDetails { realRefundAmount { amount } cashRefundAmount { amount } channelReceiverInfo
      fundingAccounts { accountType amount { amount } } } }`;

let providers: readonly BentProvider[];
let server: ServerUnderTest;
beforeAll(async () => {
  providers = [await startBentProvider(BLUE), await startBentProvider(CHAIN)];
  const accounts = Object.fromEntries(providers.map(({ shape, url }) => [shape.account, { baseUrl: url }]));
  server = await startServerUnderTest({ accounts, reconciliation: { sweepSeconds: 3_600 } });
}, 120_000);
afterAll(async () => {
  await server.stop();
  for (const provider of providers) await provider.close();
});

/** Whether a time in another spelling is that of all records. */
const isInstant = (source: string | null): boolean => {
  const text = (source ?? '')
    .replace(/^"(.*)"$/su, '$1')
    .replaceAll(/\\[nu](00a0)?/g, '')
    .trim();
  return (
    text === WALL_TIME ||
    /^(1722414406(000)?(\.0)?|1\.722414406E12|20240731162646|2024-07-31[T ](16:26:46(\.0)?(\+08:00)?|08:26:46(Z|\.000\+0000)))$/.test(
      text,
    )
  );
};

/** A JSON text without quotes, and without what is not seen. */
const plain = (source: string | null): string =>
  String(JSON.parse(source ?? 'null'))
    .replaceAll(/\p{C}/gu, '')
    .trim();

/** The word that a JSON text is, if it is one. */
const wordOf = (source: string | null): string => /^"(.*)"$/s.exec(source ?? '')?.[1] ?? '';

let round = 0;
interface Asked {
  readonly id: string;
  readonly payment: string;
}
interface Got extends Asked {
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape
  readonly [shown: string]: any;
}

/**
 * Has queries answered as told, and returns what this server then shows of each refund. Behind a few of them
 * comes a good one: five failures in a row would make the provider pass for away.
 */
async function askAll(
  provider: BentProvider,
  answers: readonly ((asked: Asked) => Wire)[],
  atOnce = 4,
): Promise<readonly Got[]> {
  const { shape, queries } = provider;
  const by = ({ id, payment }: Asked) =>
    `by: { key: { account: "${shape.account}", merchantRefundId: "${id}", ${shape.paymentKey}: "${payment}" } }`;
  const all: Got[] = [];
  for (let from = 0; from < answers.length; from += atOnce) {
    const some = answers.slice(from, from + atOnce).map((wire, nth) => {
      round += 1;
      const asked = { id: `R${round}`, payment: `P${round}` };
      queries.set(asked.payment, wire(asked));
      return { nth, ...asked, neighbour: { id: `MR${round}`, payment: asked.payment } };
    });
    const good = { id: `N${round}`, payment: `G${round}` };
    queries.set(good.payment, { body: shape.yes(JSON.stringify(shape.record(good.id, good.payment))) });
    const first = await server.ask(
      `{ ${some
        .map((one) => {
          const neighbour = `m${one.nth}: refund(${by(one.neighbour)}, read: PROVIDER) { ${REFUND} }`;
          return `b${one.nth}: refund(${by(one)}, read: PROVIDER) { ${REFUND} } ${shape === BLUE ? neighbour : ''}`;
        })
        .join('\n')} }`,
    );
    const later = await server.ask(`{
      good: refund(${by(good)}, read: PROVIDER) { status amount { amount } }
      ${some.map((one) => `b${one.nth}: refund(${by(one)}, read: LEDGER) { ${REFUND} }`).join('\n')}
    }`);
    expect(later.errors).toBeUndefined();
    expect(later.data.good).toEqual({ status: 'SUCCEEDED', amount: { amount: '1.00' } });
    for (const { id, payment, nth } of some) {
      const errors = (first.errors ?? []).filter(({ path }) => path[0] === `b${nth}`);
      for (const { extensions } of first.errors ?? []) expect(extensions.code).toMatch(/^PROVIDER_/);
      const shown = first.data[`b${nth}`];
      if (shown !== null) expect(later.data[`b${nth}`]).toEqual(shown);
      all.push({ id, payment, shown, neighbour: first.data[`m${nth}`], errors });
    }
  }
  return all;
}

/** What is wrong, in a line each. */
function wrongs<Case extends { readonly name: string }>(
  cases: readonly Case[],
  gots: readonly Got[],
  judge: (one: Case, got: Got) => void,
): readonly string[] {
  return cases.flatMap((one, nth) => {
    try {
      judge(one, gots[nth] ?? expect.unreachable());
      return [];
    } catch (error) {
      return [`${one.name}: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`];
    }
  });
}

function judgeRecord(shape: Shape, { member, source }: Bend, got: Got): void {
  if (shape === BLUE) expect(got['neighbour']).toMatchObject({ status: 'FAILED', amount: { amount: '1.00' } });
  const bent = got['shown'];
  if (bent === null) {
    // Not there, or not to be read: only a record of another refund, or none, may be silently none.
    const isNone = member === null ? source === shape.none : shape.ids.includes(member);
    if (!isNone) expect(got['errors']).toHaveLength(1);
    return;
  }
  expect(bent.merchantRefundId).toBe(got.id);
  expect(bent.payment[shape.paymentKey]).toBe(got.payment);
  const amount = member === 'refundAmount' ? worth(source, shape.minorDigits) : '1.00';
  expect(bent.amount).toEqual({ amount, currency: shape.currency });
  const status = member === shape.status ? (shape.statuses.get(wordOf(source)) ?? 'PROCESSING') : 'SUCCEEDED';
  expect(bent.status).toBe(status);
  const createdAt = member === shape.times[0] && !isInstant(source) ? null : INSTANT;
  expect(bent.createdAtSource).toBe(createdAt === null ? 'SERVER' : 'PROVIDER');
  if (createdAt !== null) expect(bent.createdAt).toBe(createdAt);
  const isOver = status !== 'PROCESSING';
  expect(bent.completedAt).toBe(isOver && (member !== shape.times[1] || isInstant(source)) ? INSTANT : null);
  const fee = member === shape.amounts[1] ? worth(source, shape.minorDigits) : '0.00';
  expect([fee, null]).toContain(bent.feeRefunded?.amount ?? null);
  // Only what failed is free.
  const isFree = status === 'FAILED' || status === 'CANCELED';
  expect(bent.payment.refundedAmount.amount).toBe(isFree ? '0.00' : amount);
}

/** Of so many bends one is tried. */
const STEP = 7;
const providerOf = (shape: Shape) => providers.find((one) => one.shape === shape) ?? expect.unreachable();

describe.each([BLUE, CHAIN])('at $account', (shape) => {
  test('a record that is bent in each member', SLOW, async () => {
    const bends = someOf(
      bendsOf(shape.record('R', 'P'), spellingsFor(shape)).map((bend, nth) => ({ ...bend, nth })),
      STEP,
    );
    const answers = bends.map(({ nth }) => ({ id, payment }: Asked) => {
      const bend = bendsOf(shape.record(id, payment), spellingsFor(shape))[nth] ?? expect.unreachable();
      // One that failed, so that the sum of the payment is the bent one's.
      const neighbour = JSON.stringify({ ...shape.record(`M${id}`, payment), [shape.status]: 'FAILED' });
      return { body: shape.yes(bend.text, neighbour) };
    });
    const gots = await askAll(providerOf(shape), answers);
    expect(wrongs(bends, gots, (bend, got) => judgeRecord(shape, bend, got))).toEqual([]);
    const shown = gots.filter((got) => got['shown'] !== null).length;
    expect(shown).toBeGreaterThan(gots.length / 2);
    if (ALL_BENDS) console.info(`${shape.account}: ${gots.length} records, ${shown} shown`);
  });

  test('an envelope that is bent in each member', SLOW, async () => {
    const enveloped = (id: string, payment: string) =>
      bendsOf(JSON.parse(shape.yes(JSON.stringify(shape.record(id, payment)))), shape.codes);
    const bends = someOf(
      enveloped('R', 'P').map((bend, nth) => ({ ...bend, nth })),
      STEP,
    );
    const gots = await askAll(
      providerOf(shape),
      bends.map(({ nth }) => ({ id, payment }) => ({
        body: enveloped(id, payment)[nth]?.text ?? expect.unreachable(),
      })),
    );
    const judge = ({ name, member, source }: Bend, got: Got) => {
      if (got['shown'] === null) {
        if (!shape.noneSaid.includes(name)) expect(got['errors']).toHaveLength(1);
        return;
      }
      expect(got['shown']).toMatchObject({ merchantRefundId: got.id, status: 'SUCCEEDED', amount: { amount: '1.00' } });
      if (member !== null && shape.good[member] !== undefined) expect(shape.good[member]).toContain(plain(source));
    };
    expect(wrongs(bends, gots, judge)).toEqual([]);
    if (ALL_BENDS) console.info(`${shape.account}: ${gots.length} envelopes`);
  });

  test('an answer that HTTP bends', SLOW, async () => {
    const wiresOf = ({ id, payment }: Asked) =>
      wires(shape.yes(JSON.stringify(shape.record(id, payment))), JSON.stringify(shape.refusal));
    const bends = someOf(
      wiresOf({ id: 'R', payment: 'P' }).map((wire, nth) => ({ ...wire, nth })),
      STEP,
    );
    const answers = bends.map(({ nth }) => {
      return (asked: Asked) => wiresOf(asked)[nth] ?? expect.unreachable();
    });
    // A read that fails is tried three times.
    const gots = await askAll(providerOf(shape), answers, 1);
    const judge = ({ isYes }: { isYes: boolean }, got: Got) => {
      if (isYes) expect(got['shown']).toMatchObject({ status: 'SUCCEEDED', amount: { amount: '1.00' } });
      else expect({ shown: got['shown'], errors: got['errors'].length }).toEqual({ shown: null, errors: 1 });
    };
    expect(wrongs(bends, gots, judge)).toEqual([]);
    if (ALL_BENDS) console.info(`${shape.account}: ${gots.length} HTTP answers`);
  });
});
