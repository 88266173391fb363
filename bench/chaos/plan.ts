/**
 * What happens to one idempotency key: which calls come, how often, and what the provider does with each
 * create. All of it follows from the seed and the key's number. The key is sent to the provider as the
 * refund's reason. So the provider's own book says for which key money moved, whatever ids the server made.
 */
import { between, type Random } from '../../src/sandbox/random.ts';
import { happens, streamOf, weighted } from './chance.ts';
import { type Account, providerOf, TRAITS } from './providers.ts';

/** Longest time of one call, in the servers' configuration. */
export const TIMEOUT_MS = 2_000;
/**
 * The longest time after its send at which a create takes effect: less than the timeout and
 * `lateArrivalSeconds` together.
 */
const LATEST_EFFECT_MS = 2_400;

/**
 * What a create does to the money, and its answer. `late`: executed `pauseMs` after it came, when the caller
 * has given up. Each of them may lose its answer, or answer without meaning.
 */
export interface Fate {
  readonly deed: 'execute' | 'nothing' | 'late';
  readonly answer: Answering;
  readonly pauseMs: number;
}
const LOST = ['reset', 'hang', 'http 500', 'html', 'truncated', 'unclear', 'said known'] as const;
export type Answering = 'well' | 'refusal' | 'busy' | (typeof LOST)[number];

/**
 * A callback of one change: sent after this pause, to the instance that sent the refund or to another one.
 */
export interface NoticePlan {
  readonly afterMs: number;
  readonly elsewhere: boolean;
}

export interface Plan {
  readonly key: string;
  readonly account: Account;
  /** `null`: the server makes one. */
  readonly merchantRefundId: string | null;
  /** The payment's id that the create of this account wants. */
  readonly payment: string;
  /** Minor units. */
  readonly amount: bigint;
  /** One for each create that arrives; afterwards everything goes well. */
  readonly fates: readonly Fate[];
  /** How each execution ends, and after how long. The last one repeats. */
  readonly ends: readonly { readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELED'; readonly afterMs: number }[];
  /** So long the provider's query does not show a new refund yet. */
  readonly lagMs: number;
  readonly notices: readonly NoticePlan[];
  /** A notice of success with a wrong signature is sent, too. */
  readonly forged: boolean;
  readonly client: ClientPlan;
}

export interface ClientPlan {
  /** Calls that are made in any case, the first at 0. `instance` is taken modulo the number of instances. */
  readonly calls: readonly { readonly afterMs: number; readonly instance: number }[];
  /** The client hangs up after so long, and does not come back by itself. */
  readonly hangsUpAfterMs: number | null;
  /** How often a refund that FAILED is submitted again. */
  readonly retries: number;
  readonly refreshes: boolean;
  /** Once answered, the key is used with another amount. */
  readonly misuses: boolean;
}

const LUCKY: Fate = { deed: 'execute', answer: 'well', pauseMs: 0 };

/** The fate of the nth create of a key, counted from 0. */
export const fateOf = ({ fates }: Plan, nth: number): Fate => fates[nth] ?? LUCKY;

function drawFate(random: Random): Fate {
  const answer = weighted<Answering>(random, [
    ['well', 58],
    ['refusal', 6],
    ['busy', 4],
    ...LOST.map((name) => [name, 32 / LOST.length] as const),
  ]);
  switch (answer) {
    case 'well':
      return { deed: 'execute', answer, pauseMs: happens(random, 0.3) ? between(random, 20, 900) : 0 };
    case 'refusal':
    case 'busy':
      return { deed: 'nothing', answer, pauseMs: between(random, 0, 50) };
    case 'reset':
    case 'hang':
    case 'http 500':
    case 'html':
    case 'truncated':
    case 'unclear':
    case 'said known': {
      const deed = weighted<Fate['deed']>(random, [
        ['execute', 40],
        ['nothing', 35],
        ['late', 25],
      ]);
      const pauseMs = deed === 'late' ? between(random, 200, LATEST_EFFECT_MS) : between(random, 0, 100);
      return { deed, answer, pauseMs };
    }
  }
}

function drawClient(random: Random, account: Account): ClientPlan {
  const manner = weighted(random, [
    ['once', 35],
    ['burst', 25],
    ['again', 25],
    ['hangs up', 15],
  ]);
  const count = manner === 'burst' || manner === 'again' ? between(random, 2, 10) : 1;
  const calls = Array.from({ length: count }, (_, nth) => ({
    afterMs: nth === 0 ? 0 : manner === 'again' ? between(random, 50, 3_000) : between(random, 0, 3),
    instance: between(random, 0, 1),
  }));
  return {
    calls: calls.toSorted((one, other) => one.afterMs - other.afterMs),
    hangsUpAfterMs: manner === 'hangs up' ? between(random, 0, 120) : null,
    retries: account === 'chain' || happens(random, 0.2) ? between(random, 0, 2) : 0,
    refreshes: happens(random, 0.2),
    misuses: happens(random, 0.1),
  };
}

/** Payments of known amount that many refunds share, so that what is left runs out: 300.00 each. */
export const SHARED_PAYMENTS = Array.from({ length: 12 }, (_, nth) => `SHARED${nth}`);
export const SHARED_AMOUNT = 30_000n;
/** How many keys in a row share a payment. */
const NEIGHBOURS = 40;

function paymentFor(random: Random, account: Account, number: number): string {
  if (TRAITS[providerOf(account)].payments === 'shared') {
    return happens(random, 0.5)
      ? (SHARED_PAYMENTS[Math.floor(number / NEIGHBOURS) % SHARED_PAYMENTS.length] ?? 'SHARED0')
      : `OWN${number}`;
  }
  return happens(random, 0.4) ? `BUSY${Math.floor(number / 12)}` : `OWN${number}`;
}

const WEIGHTS = Object.values(TRAITS).map(({ account, weight }): readonly [Account, number] => [account, weight]);

/** The plan of the nth key of a run. */
export function planOf(seed: number, number: number): Plan {
  const random = streamOf(seed, `key ${number}`);
  const account = weighted(random, WEIGHTS);
  const life = () => ({
    status: weighted<'SUCCEEDED' | 'FAILED' | 'CANCELED'>(random, [
      ['SUCCEEDED', 78],
      ['FAILED', 16],
      // Shoutu's word for it says nothing of money: such a refund would never end.
      [account === 'library' ? 'FAILED' : 'CANCELED', 6],
    ]),
    afterMs: between(random, 50, 2_500),
  });
  const silent = happens(random, 0.2);
  return {
    key: `S${seed}-${number}`,
    account,
    merchantRefundId: happens(random, 0.5) ? `S${seed}N${number}` : null,
    payment: paymentFor(random, account, number),
    amount: BigInt(between(random, 1, 6_000)),
    fates: Array.from({ length: between(random, 1, 3) }, () => drawFate(random)),
    ends: [life(), life(), { status: 'SUCCEEDED', afterMs: 300 }],
    lagMs: happens(random, 0.2) ? between(random, 50, 400) : 0,
    notices: silent
      ? []
      : Array.from({ length: between(random, 1, 4) }, () => ({
          afterMs: between(random, 0, 1_500),
          elsewhere: happens(random, 0.5),
        })),
    forged: happens(random, 0.1),
    client: drawClient(random, account),
  };
}

/** A plan in which nothing goes wrong. */
export const calmPlan = (key: string, account: Account, payment: string, amount: bigint, instances = 1): Plan => ({
  key,
  account,
  merchantRefundId: null,
  payment,
  amount,
  fates: [],
  ends: [{ status: 'SUCCEEDED', afterMs: 100 }],
  lagMs: 0,
  notices: [{ afterMs: 0, elsewhere: instances > 1 }],
  forged: false,
  client: { calls: [], hangsUpAfterMs: null, retries: 0, refreshes: false, misuses: false },
});
