/**
 * The verbs of services/ over scripted providers, with a clock that a test moves. How tests read: `here` is
 * one server (`there` another one over the same ledger), `at.TIPAY` or `tipay` a scripted provider;
 * `at.TIPAY.script.push('lost-after')` says what becomes of the next create there (`WORDS`);
 * `here.make(tipay, {…})` creates a refund, `here.pass(60)` lets a minute go by, `here.settleOnce(refund)`
 * does what a job does, and `executed(tipay, refund)` is what the provider has of it: its status, and how
 * often it paid.
 */
import type { PgBoss } from 'pg-boss';
import { openBoss } from '../../src/ledger/queue/boss.ts';
import type { Ledger } from '../../src/ledger/database/database.ts';
import { openSettleQueue, settleQueueOf } from '../../src/ledger/queue/enqueue.ts';
import { checkInvariants } from '../../src/ledger/invariants.ts';
import { findRefunds } from '../../src/ledger/refund/refunds.ts';
import { createSingleFlight } from '../../src/flow/single-flight.ts';
import type { AccountKey, MerchantRefundId, RefundRef } from '../../src/refunds/ids.ts';
import { isFinished, type Actor, type Refund } from '../../src/refunds/refund.ts';
import type { QueryAnswer } from '../../src/services/observation/query.ts';
import type { Parts } from '../../src/services/parts.ts';
import { createSettlement, type Settlement } from '../../src/services/settlement/settlement.ts';
import type { CreateResult } from '../../src/services/submission/create.ts';
import type { RetryResult } from '../../src/services/submission/retry.ts';
import { createSubmission, type SubmissionVerbs } from '../../src/services/submission/submission.ts';
import type { CreateInput } from '../../src/services/submission/order.ts';
import type { Reconciliation } from '../../src/services/settlement/schedule.ts';
import { createInFlight } from '../../src/flow/in-flight.ts';
import type { Scripted } from './scripted-provider.ts';

export const RECONCILIATION: Reconciliation = {
  pausesSeconds: [2, 5, 10, 20, 40, 60, 120, 300, 600, 1800, 3600],
  giveUpAfterSeconds: 1800,
  lateArrivalSeconds: 5,
  sweepSeconds: 60,
};

/** Who asks for refunds in tests. */
export const ACTOR: Actor = { subject: 'ann', client: 'desk' };

export interface Settling {
  readonly boss: PgBoss;
  readonly parts: Parts;
  readonly submission: SubmissionVerbs;
  readonly settlement: Settlement;
  /** Forgets what only the process knew, as a new one does. */
  readonly restart: () => void;
  /** Moves the clock. */
  readonly pass: (seconds: number) => void;
  readonly create: (at: Scripted, input: Partial<CreateInput>) => Promise<CreateResult>;
  /** Makes a refund that is new. */
  readonly make: (at: Scripted, input: Partial<CreateInput>) => Promise<Refund>;
  readonly retry: (at: Pick<Scripted, 'account'>, id: MerchantRefundId) => Promise<RetryResult>;
  /**
   * Queries once about a refund, as a job does; about one that is finished only where `evenIfFinished` says
   * so.
   */
  readonly settleOnce: (refund: RefundRef, more?: { readonly evenIfFinished: boolean }) => Promise<void>;
  readonly find: (refund: Pick<Refund, 'account' | 'merchantRefundId'>) => Promise<Refund>;
  /** Asks with growing pauses until the refund is finished, for a day at most. */
  readonly settleToTheEnd: (refund: Refund) => Promise<Refund>;
  /** Jobs that wait for a refund. */
  readonly jobs: (refund: Refund) => Promise<readonly { readonly data: unknown; readonly startAfter: Date }[]>;
  /** Throws when the ledger's invariants do not hold. */
  readonly close: () => Promise<void>;
}

export async function settlingOver(
  ledger: Ledger,
  providers: readonly Scripted[],
  more: Partial<Parts> = {},
): Promise<Settling> {
  let now = Date.parse('2026-06-01T00:00:00Z');
  const clock = () => new Date((now += 1));
  const boss = await openBoss(ledger, () => undefined);
  const accounts = new Map(providers.map(({ account }) => [account.key, account]));
  const queue = await openSettleQueue(boss, [...accounts.keys()]);
  for (const account of accounts.keys()) await boss.deleteAllJobs(settleQueueOf(account));
  const open = () => {
    const parts: Parts = {
      ledger: { ...ledger, clock },
      queue,
      accounts,
      clock,
      inFlight: createInFlight(),
      reconciliation: RECONCILIATION,
      answers: createSingleFlight<QueryAnswer>(),
      callbackUrl: (account: AccountKey) => `http://127.0.0.1:1/notify/${account}`,
      tell: () => undefined,
      ...more,
    };
    const submission = createSubmission(parts);
    return { parts, submission, settlement: createSettlement(parts, submission) };
  };
  let server = open();
  let keys = 0;

  const find: Settling['find'] = async ({ account, merchantRefundId }) => {
    const [found] = await findRefunds(ledger.db, [{ account, merchantRefundId }]);
    if (found === undefined) throw new Error(`${merchantRefundId} is not in the ledger`);
    return found;
  };
  const settleOnce: Settling['settleOnce'] = ({ account, merchantRefundId }, more = { evenIfFinished: false }) =>
    server.settlement.settle({ account, merchantRefundId, ...more }, new AbortController().signal);

  const create: Settling['create'] = (at, input) => {
    keys += 1;
    const [payment] = at.account.create?.rules.paymentKeys ?? [];
    const whole: CreateInput = {
      idempotencyKey: `key-${keys}`,
      merchantRefundId: null,
      merchantPaymentId: payment === 'merchantPaymentId' ? 'PAYMENT1' : null,
      providerPaymentId: payment === 'providerPaymentId' ? 'PAYMENT1' : null,
      amount: { amount: '1.00', currency: at.account.currency },
      paymentAmount: null,
      reason: null,
      options: null,
      actor: ACTOR,
      ...input,
    };
    return server.submission.create(at.account, whole);
  };

  return {
    boss,
    get parts() {
      return server.parts;
    },
    get submission() {
      return server.submission;
    },
    get settlement() {
      return server.settlement;
    },
    restart: () => {
      server = open();
    },
    pass: (seconds) => {
      now += seconds * 1000;
    },
    create,
    retry: ({ account }, id) => server.submission.retry(account, id, ACTOR),
    make: async (at, input) => {
      const result = await create(at, input);
      if (result.kind !== 'created' || result.replayed) throw new Error(`not made, but ${result.kind}`);
      return result.refund;
    },
    settleOnce,
    find,
    settleToTheEnd: async (refund) => {
      for (let seconds = 2; seconds < 86_400; seconds *= 1.7) {
        const known = await find(refund);
        if (isFinished(known.status)) return known;
        now += seconds * 1000;
        await settleOnce(refund);
      }
      return find(refund);
    },
    jobs: async ({ account, merchantRefundId }) => {
      const jobs = await boss.findJobs(settleQueueOf(account), { key: merchantRefundId });
      return jobs.filter(({ state }) => state === 'created');
    },
    close: async () => {
      const checked = await checkInvariants(ledger.db);
      await boss.stop({ close: false, graceful: false });
      const broken = checked.flatMap(({ name, offenders }) => offenders.map((offender) => `${name}: ${offender}`));
      if (broken.length > 0) throw new Error(broken.join('\n'));
    },
  };
}
