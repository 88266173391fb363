/** The refunds that are there from the start: the last 90 days of three merchants, the same for the same seed. */
import type { Rows } from '../book.ts';
import { demoPayments } from './demo.ts';
import { paymentIds, providerRefundId } from '../ids.ts';
import type { Payment, ProviderName, Refund, Status } from '../model.ts';
import { isEnd } from '../model.ts';
import { between, pick, type Random, seededRandom } from '../random.ts';
import { extraFor, failureFor, reasonFor, wordFor } from './colour.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const SPAN = 90 * DAY;

/** Our ids of the seed refunds, numbered from the oldest: LIB00001 is the first of them. */
const PREFIXES: Readonly<Record<ProviderName, string>> = { SHOUTU: 'LIB', BLUEPAY: 'BLUE', TIPAY: 'CHAIN' };
const MOST_PER_PAYMENT: Readonly<Record<ProviderName, number>> = { SHOUTU: 4, BLUEPAY: 10, TIPAY: 3 };
const COUNTS: Readonly<Record<ProviderName, number>> = { SHOUTU: 240, BLUEPAY: 120, TIPAY: 120 };

/** The first payments have one refund each, one of every status, so that even a small seed shows all; then mostly good news. */
const EVERY: readonly Status[] = ['SUCCEEDED', 'FAILED', 'CANCELED', 'PROCESSING', 'PENDING'];

function statusFor(provider: ProviderName, random: Random, index: number): Status {
  const chance = random();
  const drawn = chance < 0.76 ? 'SUCCEEDED' : chance < 0.88 ? 'FAILED' : chance < 0.93 ? 'CANCELED' : 'PROCESSING';
  const status = EVERY[index] ?? (drawn === 'PROCESSING' && random() < 0.4 ? 'PENDING' : drawn);
  // TiPay has no word for "not yet accepted".
  return status === 'PENDING' && provider === 'TIPAY' ? 'PROCESSING' : status;
}

/** From 0.01 to 50,000 units of the currency, small ones as likely as large ones. */
const amountFor = (random: Random): bigint => BigInt(Math.floor(10 ** (random() * 6.7)));

/** When the refunds of one payment were made: the first anywhere in the span, the others within the 20 days after. */
function instants(random: Random, count: number, startedAt: number): number[] {
  let at = startedAt - SPAN + Math.floor(random() * (SPAN - 25 * MINUTE));
  return Array.from({ length: count }, (_each, index) => {
    if (index === 0) return at;
    const room = Math.min(startedAt - 20 * MINUTE - at, (20 * DAY) / count);
    // Some come in the same second as the one before: a list must not lose its order over that.
    const step = room < MINUTE || random() < 0.05 ? 0 : Math.floor(random() * room);
    at += step;
    return at;
  });
}

/** One payment with its refunds, their ids still to be given. Only its last refund may be on its way. */
function family(
  provider: ProviderName,
  random: Random,
  made: { readonly serial: number; readonly index: number; readonly count: number; readonly startedAt: number },
): { readonly payment: Payment; readonly refunds: Refund[] } {
  const ids = paymentIds(provider, random, made.serial);
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
      fee: provider === 'SHOUTU' ? 0n : amount / 100n,
      reason: reasonFor(provider, random),
      status,
      word: wordFor(provider, status, random),
      createdAt,
      completedAt: isEnd(status) ? Math.min(createdAt + between(random, 1000, 40 * MINUTE), next) : null,
      failure: status === 'FAILED' ? failureFor(provider, random) : null,
      notifyUrl: null,
      submissions: 1,
      plan: [],
      extra: extraFor(provider, amount, random),
    };
  });
  const refunded = refunds.reduce((sum, each) => sum + each.amount, 0n);
  const kept = random() < 0.3 ? 0n : amountFor(random);
  const first = times[0] ?? made.startedAt;
  const paidAt = first - between(random, MINUTE, 20 * DAY);
  return { payment: { provider, ...ids, amount: refunded + kept, paidAt, obstacle: null }, refunds };
}

/** How many refunds the payment with this index has; the sixth as many as any, so that a long story is always there. */
function familySize(provider: ProviderName, random: Random, index: number): number {
  const most = MOST_PER_PAYMENT[provider];
  if (index < EVERY.length) return 1;
  return index === EVERY.length ? most : pick(random, [1, 1, 1, between(random, 1, most)]);
}

/** The rows of a new sandbox. `perProvider` asks for that many refunds of each instead of 240, 120 and 120. */
export function seedRows(seed: number, startedAt: number, perProvider: number | undefined): Rows {
  const payments: Payment[] = [...demoPayments(startedAt)];
  const refunds: Refund[] = [];
  let serial = 0;
  for (const [offset, provider] of (['SHOUTU', 'BLUEPAY', 'TIPAY'] as const).entries()) {
    const random = seededRandom(seed * 3 + offset);
    const wanted = perProvider ?? COUNTS[provider];
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
      const merchantRefundId = `${PREFIXES[provider]}${String(index + 1).padStart(5, '0')}`;
      refunds.push({ ...refund, merchantRefundId, providerRefundId: providerRefundId(provider, random, serial) });
    }
  }
  return { payments, refunds, letters: [], executed: {}, serial };
}
