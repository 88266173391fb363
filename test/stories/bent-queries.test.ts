/**
 * Promise: over real HTTP, whatever a query is answered with, nobody falls: a record is shown as it means, or
 * it is said that it can't be read, and its neighbours are served.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AMOUNTS, bendsOf, INNER_JSON, TIMES, WORDS, type Bend } from '../support/bends.ts';
import {
  BLUE,
  CHAIN,
  INSTANT,
  startBentProvider,
  WALL_TIME,
  type BentProvider,
  type Shape,
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

/** What a JSON text is worth in major units, if it is a number at all; white space around it apart. */
function worth(source: string | null, minorDigits: number): string | null {
  const text = (source ?? '').replace(/^"(.*)"$/su, '$1').trim();
  const [, whole, fraction = '', exponent = '0'] =
    /^(?:\+|-(?=[0.]+$))?(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > 50) return null;
  const places = fraction.length - Number(exponent) + minorDigits;
  const digits = `${whole}${fraction}${'0'.repeat(Math.max(0, 2 - places))}`.padStart(places + 1, '0');
  const cut = digits.length - Math.max(2, places);
  const [major, minor] = [digits.slice(0, cut) || '0', digits.slice(cut)];
  return /^\d\d0*$/.test(minor) ? `${BigInt(major)}.${minor.slice(0, 2)}` : null;
}

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

/** The word that a JSON text is, if it is one. */
const wordOf = (source: string | null): string => /^"(.*)"$/s.exec(source ?? '')?.[1] ?? '';

function spellingsFor({ amounts, times, texts, status }: Shape): Record<string, readonly string[]> {
  return Object.fromEntries([
    ...amounts.map((name) => [name, AMOUNTS] as const),
    ...times.map((name) => [name, TIMES] as const),
    ...texts.map((name) => [name, INNER_JSON] as const),
    [status, WORDS] as const,
  ]);
}

let round = 0;
interface Got {
  readonly id: string;
  readonly payment: string;
  readonly bend: Bend;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape; a test fails where they differ
  readonly [shown: string]: any;
}

/**
 * Has queries answered with bent records, and returns what this server then shows of each refund. A few at
 * once, with a good one behind them: so many failures in a row would make the provider pass for away.
 */
async function askAll(provider: BentProvider, nths: readonly number[]): Promise<readonly Got[]> {
  const { shape, queries } = provider;
  const by = (refund: string, payment: string) =>
    `by: { key: { account: "${shape.account}", merchantRefundId: "${refund}", ${shape.paymentKey}: "${payment}" } }`;
  round += 1;
  const bent = nths.map((nth) => {
    const [id, payment] = [`R${round}N${nth}`, `P${round}N${nth}`];
    const bend = bendsOf(shape.record(id, payment), spellingsFor(shape))[nth] ?? expect.unreachable();
    // One that failed, so that the sum of the payment is the bent one's.
    const neighbour = JSON.stringify({ ...shape.record(`M${id}`, payment), [shape.status]: 'FAILED' });
    queries.set(payment, { body: shape.yes(bend.text, neighbour) });
    return { id, payment, bend, nth };
  });
  const good = `G${round}`;
  queries.set(good, { body: shape.yes(JSON.stringify(shape.record(`N${round}`, good))) });
  const first = await server.ask(
    `{ ${bent
      .map(({ id, payment, nth }) => {
        const neighbour = `m${nth}: refund(${by(`M${id}`, payment)}, read: PROVIDER) { ${REFUND} }`;
        return `b${nth}: refund(${by(id, payment)}, read: PROVIDER) { ${REFUND} } ${shape.account === 'blue' ? neighbour : ''}`;
      })
      .join('\n')} }`,
  );
  const later = await server.ask(`{
    good: refund(${by(`N${round}`, good)}, read: PROVIDER) { status amount { amount } }
    ${bent.map(({ id, payment, nth }) => `b${nth}: refund(${by(id, payment)}, read: LEDGER) { ${REFUND} }`).join('\n')}
  }`);
  expect(later.errors).toBeUndefined();
  expect(later.data.good).toEqual({ status: 'SUCCEEDED', amount: { amount: '1.00' } });
  return bent.map(({ id, payment, bend, nth }) => ({
    id,
    payment,
    bend,
    shown: first.data[`b${nth}`],
    neighbour: first.data[`m${nth}`],
    errors: (first.errors ?? []).filter(({ path }) => path[0] === `b${nth}`),
    kept: later.data[`b${nth}`],
  }));
}

function judge(shape: Shape, got: Got): void {
  const { member, source } = got.bend;
  for (const { extensions } of got['errors']) expect(extensions.code).toMatch(/^PROVIDER_/);
  if (shape.account === 'blue') {
    expect(got['neighbour']).toMatchObject({ status: 'FAILED', amount: { amount: '1.00' } });
  }
  if (got['shown'] === null) {
    // Not there, or not to be read: only a record of another refund, or none, may be silently none.
    const isNone = member === null ? source === shape.none : shape.ids.includes(member);
    if (!isNone) expect(got['errors']).toHaveLength(1);
    return;
  }
  const bent = got['shown'];
  expect(got['kept']).toEqual(bent);
  expect(bent.merchantRefundId).toBe(got.id);
  expect(bent.payment[shape.paymentKey]).toBe(got.payment);
  const amount = member === 'refundAmount' ? worth(source, shape.minorDigits) : '1.00';
  expect(bent.amount).toEqual({ amount, currency: shape.currency });
  const word = wordOf(source);
  const status = member === shape.status ? (shape.statuses.get(word) ?? 'PROCESSING') : 'SUCCEEDED';
  expect(bent.status).toBe(status);
  const createdAt = member === shape.times[0] && !isInstant(source) ? null : INSTANT;
  expect(bent.createdAtSource).toBe(createdAt === null ? 'SERVER' : 'PROVIDER');
  if (createdAt !== null) expect(bent.createdAt).toBe(createdAt);
  const isOver = status !== 'PROCESSING';
  expect(bent.completedAt).toBe(isOver && (member !== shape.times[1] || isInstant(source)) ? INSTANT : null);
  const fee = member === shape.amounts[1] ? worth(source, shape.minorDigits) : '0.00';
  expect([fee, null]).toContain(bent.feeRefunded?.amount ?? null);
  // One that failed has given nothing back; anything else has, or may.
  const isFree = status === 'FAILED' || status === 'CANCELED';
  expect(bent.payment.refundedAmount.amount).toBe(isFree ? '0.00' : amount);
}

/** Each so-manieth bend is tried, other ones in each member. `BENDS=all`: all of them. */
const EVERY = process.env['BENDS'] === 'all' ? 1 : 7;
const AT_ONCE = 4;

test.each([BLUE, CHAIN])('a record of $account, bent in each member', SLOW, async (shape) => {
  const provider = providers.find((one) => one.shape === shape) ?? expect.unreachable();
  const seen = { bends: 0, shown: 0, said: 0, none: 0 };
  const all = [...bendsOf(shape.record('R', 'P'), spellingsFor(shape)).keys()].filter((nth) => nth % EVERY === 0);
  const wrong: string[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    for (const got of await askAll(provider, all.slice(from, from + AT_ONCE))) {
      seen.bends += 1;
      seen[got['shown'] !== null ? 'shown' : got['errors'].length > 0 ? 'said' : 'none'] += 1;
      try {
        judge(shape, got);
      } catch (error) {
        wrong.push(`${got.bend.name}: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`);
      }
    }
  }
  if (EVERY === 1) console.info(shape.account, JSON.stringify(seen));
  expect(wrong).toEqual([]);
  expect(seen.shown).toBeGreaterThan(seen.bends / 2);
});
