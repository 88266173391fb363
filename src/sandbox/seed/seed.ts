/** The refunds that are there from the start: those of the last 90 days, the same for the same seed. */
import type { Rows } from '../book.ts';
import { isEnd, PROVIDERS, type Payment, type ProviderName, type Refund, type Status } from '../model.ts';
import { SIMULATED } from '../providers.ts';
import { between, pick, type Random, seededRandom } from '../random.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const SPAN = 90 * DAY;

/** Of the payments with well-known ids: 10,000.00 of the account's currency, enough for many tries. */
const DEMO_AMOUNT = 1_000_000n;

/**
 * The first payments have one refund each, one of every status: even a small seed shows all. Most of the
 * others succeed.
 */
const EVERY: readonly Status[] = ['SUCCEEDED', 'FAILED', 'CANCELED', 'PROCESSING', 'PENDING'];

function statusFor(provider: ProviderName, random: Random, index: number): Status {
  const chance = random();
  const drawn = chance < 0.76 ? 'SUCCEEDED' : chance < 0.88 ? 'FAILED' : chance < 0.93 ? 'CANCELED' : 'PROCESSING';
  const status = EVERY[index] ?? (drawn === 'PROCESSING' && random() < 0.4 ? 'PENDING' : drawn);
  return status === 'PENDING' ? SIMULATED[provider].firstStatus : status;
}

/** From 0.01 to 50,000 units of the currency, small ones as likely as large ones. */
const amountFor = (random: Random): bigint => BigInt(Math.floor(10 ** (random() * 6.7)));

/**
 * When the refunds of one payment were made: the first anywhere in the span, the others within the 20 days
 * after it. Some share a second with the one before, so that a list can be seen to keep its order.
 */
function instants(random: Random, count: number, startedAt: number): number[] {
  let at = startedAt - SPAN + Math.floor(random() * (SPAN - 25 * MINUTE));
  return Array.from({ length: count }, (_each, index) => {
    if (index === 0) return at;
    const room = Math.min(startedAt - 20 * MINUTE - at, (20 * DAY) / count);
    const step = room < MINUTE || random() < 0.05 ? 0 : Math.floor(random() * room);
    at += step;
    return at;
  });
}

/** One payment with its refunds, their ids still to be given. Only its last refund may be unfinished. */
function family(
  provider: ProviderName,
  random: Random,
  made: { readonly serial: number; readonly index: number; readonly count: number; readonly startedAt: number },
): { readonly payment: Payment; readonly refunds: Refund[] } {
  const { paymentIds, seed } = SIMULATED[provider];
  const ids = paymentIds(random, made.serial);
  const times = instants(random, made.count, made.startedAt);
  const refunds = times.map((createdAt, nth): Refund => {
    const drawn = statusFor(provider, random, made.index + nth);
    const status = isEnd(drawn) || nth === made.count - 1 ? drawn : 'SUCCEEDED';
    const next = times[nth + 1] ?? made.startedAt;
    const amount = amountFor(random);
    return {
      provider,
      merchantRefundId: '',
      providerRefundId: '',
      providerPaymentId: ids.providerPaymentId,
      amount,
      fee: seed.fee(amount),
      reason: seed.reason(random),
      status,
      word: seed.word(status, random),
      createdAt,
      completedAt: isEnd(status) ? Math.min(createdAt + between(random, 1000, 40 * MINUTE), next) : null,
      failure: status === 'FAILED' ? seed.failure(random) : null,
      notifyUrl: null,
      submissions: 1,
      plan: [],
      extra: { ...seed.extra(amount, random) },
    };
  });
  const refunded = refunds.reduce((sum, each) => sum + each.amount, 0n);
  const kept = random() < 0.3 ? 0n : amountFor(random);
  const first = times[0] ?? made.startedAt;
  const paidAt = first - between(random, MINUTE, 20 * DAY);
  return { payment: { provider, ...ids, amount: refunded + kept, paidAt, obstacle: null }, refunds };
}

/** How many refunds the payment with this index has. The sixth has as many as any payment of its provider. */
function familySize(provider: ProviderName, random: Random, index: number): number {
  const most = SIMULATED[provider].seed.mostPerPayment;
  if (index < EVERY.length) return 1;
  return index === EVERY.length ? most : pick(random, [1, 1, 1, between(random, 1, most)]);
}

/** The payments of a provider whose ids never change. */
function knownPayments(provider: ProviderName, startedAt: number): readonly Payment[] {
  const { demoPayments, stubborn } = SIMULATED[provider].seed;
  return [...demoPayments.map((ids) => ({ ...ids, paidAt: null, obstacle: null })), ...stubborn(startedAt)].map(
    (payment) => ({ provider, ...payment, amount: DEMO_AMOUNT }),
  );
}

export interface SeedOptions {
  /** The number that everything is made from. */
  readonly seed: number;
  /** Epoch ms; all refunds are older. */
  readonly startedAt: number;
  /** So many refunds of each provider, in place of each provider's own count. */
  readonly perProvider?: number | undefined;
}

/** The first rows of some providers, after `lastSerial`, the last number that was given out. */
export function seedRows(
  { seed, startedAt, perProvider }: SeedOptions,
  providers: readonly ProviderName[] = PROVIDERS,
  lastSerial = 0,
): Rows {
  const payments: Payment[] = providers.flatMap((provider) => knownPayments(provider, startedAt));
  const refunds: Refund[] = [];
  let serial = lastSerial;
  for (const provider of providers) {
    const traits = SIMULATED[provider];
    const random = seededRandom(seed * 3 + PROVIDERS.indexOf(provider));
    const wanted = perProvider ?? traits.seed.count;
    const own: Refund[] = [];
    for (let families = 0; own.length < wanted; families += 1) {
      const count = Math.min(wanted - own.length, familySize(provider, random, families));
      serial += 1;
      const made = family(provider, random, { serial, index: own.length, count, startedAt });
      payments.push(made.payment);
      own.push(...made.refunds);
    }
    own.sort((a, b) => a.createdAt - b.createdAt);
    for (const [index, refund] of own.entries()) {
      serial += 1;
      const merchantRefundId = `${traits.seed.prefix}${String(index + 1).padStart(5, '0')}`;
      refunds.push({ ...refund, merchantRefundId, providerRefundId: traits.refundId(random, serial) });
    }
  }
  return { payments, refunds, letters: [], executed: {}, serial };
}
