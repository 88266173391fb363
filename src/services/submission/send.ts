/**
 * A recorded refund goes to its provider, once, and what came of it goes into the ledger. Nothing is sent
 * inside a transaction. Only the provider's own no makes FAILED. Silence leaves PENDING: the job that was
 * recorded before settles it by a query.
 */
import { inTransaction } from '../../ledger/database/database.ts';
import { beginWith, writeTogether } from '../../ledger/database/statements/together.ts';
import { changeRefunds, lockOf, readStored } from '../../ledger/refund/refund-writes.ts';
import { endOf, endSubmission, findSubmissions, letAnswersCount } from '../../ledger/submissions.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CreateCommand, CreateOutcome, CreateRules, ProviderAccount } from '../../providers/provider.ts';
import { paymentFactsOf, tellsMore } from '../../refunds/payment.ts';
import type { Refund } from '../../refunds/refund.ts';
import { observeAndQuery } from '../observation/query-again.ts';
import { queryProvider, lookupOf, observedAccount } from '../observation/query.ts';
import { observeIn, observeLocked } from '../observation/observe.ts';
import type { Parts } from '../parts.ts';
import { createCheck, type Checked } from './check.ts';
import { mayHaveArrivedBefore, meaningOf, sentOf, type Sent } from './outcome.ts';
import { latestArrival, type Recorded } from './record.ts';
import { becomeTheirs } from './taken-id.ts';

/** Makes the function that sends. */
export function createSender(parts: Parts) {
  const { ledger, queue, clock, tell, inFlight, reconciliation, callbackUrl } = parts;
  const { newId } = ledger;
  const check = createCheck(parts);

  /** Sends a refund that was just recorded. Goes on when the client hangs up. */
  const send = (recorded: Recorded): Promise<Sent> =>
    inFlight.run(async () => {
      const outcome = await sendOnce(recorded);
      const checked = await check(recorded, outcome);
      const sent = await storeOutcome(recorded, outcome, checked);
      if (sent.kind === 'busy') void inFlight.run(() => learnOfPayment(recorded.account, sent.refund));
      return sent;
    });

  async function sendOnce({ account, stored, startedAt }: Recorded): Promise<CreateOutcome> {
    const { key, create, timeoutMs } = account;
    const { refund } = stored;
    if (create === undefined) return notSent(account, `${key}: creates no refunds`);
    // A process that was asleep since it recorded the refund can't know what others concluded meanwhile.
    const leftMs = timeoutMs - (clock().getTime() - startedAt.getTime());
    if (leftMs <= 0) return notSent(account, `${key}: create refund: came too late to be sent`);
    const signal = AbortSignal.any([inFlight.signal, AbortSignal.timeout(Math.ceil(leftMs))]);
    const outcome = await create.send(commandOf(refund, create.rules, callbackUrl(key)), signal);
    const { merchantRefundId } = refund;
    if (outcome.kind === 'accepted' && outcome.observation.merchantRefundId !== merchantRefundId) {
      tell({ kind: 'create-answer-strange', account: key, merchantRefundId });
      const facts = { kind: 'malformed', account: key, operation: 'create refund', sent: true } as const;
      const error = new ProviderError({ ...facts, message: 'the answer speaks of another refund' });
      return { kind: 'accepted-unread', error };
    }
    return outcome;
  }

  async function storeOutcome(recorded: Recorded, outcome: CreateOutcome, checked: Checked): Promise<Sent> {
    if (outcome.kind !== 'accepted' || checked.kind !== 'stands') return storeAny(recorded, outcome, checked);
    // More of the payment than is known takes its lock, before that of the refund.
    const isPaymentKnown = !tellsMore(recorded.stored.refund.payment, paymentFactsOf(outcome.observation));
    return (isPaymentKnown ? await storeAccepted(recorded, outcome) : null) ?? storeAny(recorded, outcome, checked);
  }

  /** A plain yes, in one read and one write. Null, and nothing kept, where it takes the long way. */
  const storeAccepted = (
    { account, stored, attempt, actor }: Recorded,
    { kind, observation }: Extract<CreateOutcome, { kind: 'accepted' }>,
  ): Promise<Sent | null> =>
    inTransaction<Sent | null>(ledger, async (tx, rollBack) => {
      await beginWith(tx, [lockOf(stored.id)]);
      const at = clock();
      const context = { account: observedAccount(account), context: { via: 'MUTATION', at, actor }, newId } as const;
      const rows = await readStored(tx, account.key, [stored.refund.merchantRefundId]);
      const told = await observeLocked(tx, context, [observation], rows);
      const [result, changed] = [told?.observed[0], told?.changed[0]];
      if (told === null || result === undefined || changed === undefined || result.queryAgain) return rollBack(null);
      // Another send since is what answers speak of.
      const answersCountFrom = changed.refund.attempts === attempt ? at : changed.answersCountFrom;
      const sent = sentOf(kind, result.refund, { refusal: null, known: false });
      const refusal = sent.kind === 'rejected' ? sent.refusal : null;
      await writeTogether(tx, [
        ...changeRefunds([{ ...changed, answersCountFrom }]),
        ...told.writes,
        endOf(stored.id, { attempt, endedAt: at, outcome: kind, refusal }),
      ]);
      return sent;
    });

  const storeAny = (
    { account, stored, attempt, actor }: Recorded,
    outcome: CreateOutcome,
    checked: Checked,
  ): Promise<Sent> =>
    inTransaction(ledger, async (tx) => {
      const at = clock();
      const observed = observedAccount(account);
      const { update, refusal, queryNow } = meaningOf(outcome, stored.refund);
      const asQuery =
        'queriedAt' in checked ? ({ via: 'QUERY', at, queriedAt: checked.queriedAt, actor } as const) : null;
      if (asQuery !== null && checked.kind === 'other') {
        const judgeContext = { account: observed, context: asQuery, newId: ledger.newId };
        const theirs = await becomeTheirs(tx, judgeContext, { stored, found: checked.found });
        if (theirs !== null) {
          await endSubmission(tx, stored.id, { attempt, endedAt: at, outcome: outcome.kind, refusal });
          await letAnswersCount(tx, stored.id, { attempt, from: at });
          return { kind: 'other', refund: theirs };
        }
      }
      const isOurs = checked.kind === 'ours';
      const doubted =
        refusal !== null &&
        !isOurs &&
        (checked.kind !== 'stands' ||
          mayHaveArrivedBefore(await findSubmissions(tx, stored.id), stored.refund, attempt));
      const incoming = isOurs ? checked.found : doubted ? null : update;
      const context = asQuery ?? ({ via: 'MUTATION', at, actor } as const);
      const [result] = incoming === null ? [] : await observeIn(ledger, tx, observed, [incoming], context);
      // The refund's row comes last: everybody locks payments first, then refunds.
      const from = outcome.kind === 'unknown' ? latestArrival(account, at, reconciliation) : at;
      await letAnswersCount(tx, stored.id, { attempt, from });
      if ((queryNow && !isOurs) || doubted || result?.queryAgain === true) await queue.expedite(tx, stored.refund);
      // A callback may have told more while the send was under way.
      const [now] = result === undefined ? await readStored(tx, account.key, [stored.refund.merchantRefundId]) : [];
      const refund = result?.refund ?? now?.refund ?? stored.refund;
      // Busy with the refund itself: the provider has it.
      const kind = isOurs && outcome.kind === 'busy' ? 'known' : outcome.kind;
      const sent = sentOf(kind, refund, {
        refusal: doubted || isOurs ? null : refusal,
        known: isOurs && kind === 'known',
      });
      // A refusal that the caller was told is stored, so that the same call is told it again.
      const storedRefusal = sent.kind === 'rejected' ? sent.refusal : kind === 'known' ? null : refusal;
      await endSubmission(tx, stored.id, { attempt, endedAt: at, outcome: kind, refusal: storedRefusal });
      return sent;
    });

  /** The refund that keeps a payment busy was made elsewhere: the payment's own query makes it known. */
  async function learnOfPayment(account: ProviderAccount, refund: Refund): Promise<void> {
    const query = account.query({ ...lookupOf(refund), merchantRefundId: null, providerRefundId: null });
    if (query === null) return;
    try {
      const { queriedAt, observations } = await queryProvider(parts, account, query, inFlight.signal);
      // Of the refund itself this says nothing new: it was not taken.
      const others = observations.filter(({ merchantRefundId }) => merchantRefundId !== refund.merchantRefundId);
      await observeAndQuery(parts, observedAccount(account), others, { via: 'QUERY', at: clock(), queriedAt });
    } catch (error) {
      tell({ kind: 'busy-refund-unknown', account: account.key, error });
    }
  }

  return send;
}

export type Send = ReturnType<typeof createSender>;

function notSent({ key }: ProviderAccount, message: string): CreateOutcome {
  const facts = { kind: 'unavailable', account: key, operation: 'create refund', sent: false } as const;
  return { kind: 'not-sent', error: new ProviderError({ ...facts, message }) };
}

function commandOf(refund: Refund, rules: CreateRules, callbackUrl: string): CreateCommand {
  const { payment } = refund;
  const by = rules.paymentKeys.find((name) => payment[name] !== null);
  return {
    merchantRefundId: refund.merchantRefundId,
    merchantPaymentId: by === 'merchantPaymentId' ? payment.merchantPaymentId : null,
    providerPaymentId: by === 'providerPaymentId' ? payment.providerPaymentId : null,
    amount: refund.amount,
    reason: refund.reason,
    callbackUrl,
    details: refund.details,
  };
}
