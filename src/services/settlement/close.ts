/**
 * closeRefund: a person ends a refund that its provider will not end. The provider is queried first, because
 * its word counts more.
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import { appendEvents, withEvent } from '../../ledger/events.ts';
import { lockStored, readStored, updateRefunds } from '../../ledger/refund/refund-writes.ts';
import type { StoredRefund } from '../../ledger/refund/stored-refund.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { InputIssue, ProviderAccount } from '../../providers/provider.ts';
import type { AccountKey, MerchantRefundId } from '../../refunds/ids.ts';
import { isFinished, type Actor, type Refund, type RefundFailure } from '../../refunds/refund.ts';
import { observeAnswer } from '../observation/query-again.ts';
import { namedFor, queryProvider, lookupOf, observedAccount } from '../observation/query.ts';
import { isStuck } from './schedule.ts';
import type { Parts } from '../parts.ts';

export interface CloseRequest {
  readonly account: AccountKey;
  readonly merchantRefundId: MerchantRefundId;
  readonly outcome: 'FAILED' | 'SUCCEEDED';
  /** Why, in the person's words. */
  readonly note: string;
  readonly actor: Actor;
}

export type CloseResult =
  | { readonly kind: 'closed'; readonly refund: Refund }
  | { readonly kind: 'not-closable'; readonly refund: Refund; readonly message: string }
  | { readonly kind: 'invalid'; readonly issues: readonly InputIssue[] }
  | { readonly kind: 'not-found' };

interface CloseDeps extends Parts {
  /** When this server began to hear of the providers: before that it can't say that one was away. */
  readonly startedAt: Date;
}

/** Longest note, in characters. */
const LONGEST_NOTE = 1_000;

const ASK_THE_PROVIDER = 'The provider can still tell how this refund ends; ask it.';

/** The failure of a refund that a person ended. */
const CLOSED: RefundFailure = {
  code: 'CLOSED_BY_OPERATOR',
  message: 'A person ended this refund; the provider did not.',
  retryable: false,
};

/**
 * Ends a refund, unless its provider knows it, or can't be queried now. Of an account that left the
 * configuration no provider can be queried. Throws LedgerUnavailableError.
 */
export async function closeRefund(deps: CloseDeps, request: CloseRequest, signal: AbortSignal): Promise<CloseResult> {
  const issue = problemOf(request.note);
  if (issue !== null) return { kind: 'invalid', issues: [issue] };
  const [stored] = await readStored(deps.ledger.db, request.account, [request.merchantRefundId]);
  if (stored === undefined) return { kind: 'not-found' };
  const message = whyNot(stored, request) ?? (await whyNotYet({ ...deps, actor: request.actor }, stored, signal));
  if (message !== null) return notClosable(deps, stored, message);
  const closed = await inTransaction(deps.ledger, (tx) => close(deps, tx, { stored, request }));
  if (closed === null)
    return notClosable(deps, stored, 'Something else happened to the refund meanwhile; look at it again.');
  const { account, merchantRefundId, outcome } = request;
  deps.tell({ kind: 'refund-closed', account, merchantRefundId, outcome });
  return { kind: 'closed', refund: closed };
}

function problemOf(note: string): InputIssue | null {
  const path = ['note'];
  if (note.trim() === '') return { path, code: 'TOO_SHORT', message: 'Say why: the note is kept with the event.' };
  if (note.length <= LONGEST_NOTE) return null;
  return { path, code: 'TOO_LONG', message: `Expected at most ${LONGEST_NOTE} characters, got ${note.length}.` };
}

/** With the refund as it is by now: the query may have told of it. */
async function notClosable({ ledger }: CloseDeps, { refund }: StoredRefund, message: string): Promise<CloseResult> {
  const [now] = await readStored(ledger.db, refund.account, [refund.merchantRefundId]);
  return { kind: 'not-closable', refund: now?.refund ?? refund, message };
}

/**
 * An end stands, unless the provider denies the refund. Money that was given up is not said to have moved by
 * hand.
 */
function whyNot({ refund }: StoredRefund, { outcome }: CloseRequest): string | null {
  if (!isFinished(refund.status)) return null;
  if (refund.attention.DENIED === undefined) return `The refund has ended: it is ${refund.status}.`;
  const frees = refund.status === 'FAILED' || refund.status === 'CANCELED';
  return frees && outcome === 'SUCCEEDED' ? `The refund has ended: it is ${refund.status}.` : null;
}

/** Queries the provider. Null: it denies the refund, or no provider can be queried. */
async function whyNotYet(
  deps: CloseDeps & Pick<CloseRequest, 'actor'>,
  stored: StoredRefund,
  signal: AbortSignal,
): Promise<string | null> {
  const account = deps.accounts.get(stored.refund.account);
  if (account === undefined) return null;
  const { refund, answersCountFrom } = stored;
  const isLate = isStuck(
    { createdAt: refund.createdAt, submittedAt: stored.submittedAt },
    deps.reconciliation,
    deps.clock(),
  );
  const query = account.query(lookupOf(refund));
  if (query === null) {
    return isLate
      ? null
      : 'The provider can not be asked about this refund by the ids that are known; wait for its callback.';
  }
  try {
    const answer = await queryProvider(deps, account, query, signal);
    const { queriedAt } = answer;
    const context = { via: 'QUERY', at: deps.clock(), queriedAt, actor: deps.actor } as const;
    const observed = await observeAnswer(deps, observedAccount(account), namedFor(answer, refund), context);
    if (observed.some((one) => one.refund.merchantRefundId === refund.merchantRefundId)) return ASK_THE_PROVIDER;
    const mayArrive = answersCountFrom !== null && queriedAt <= answersCountFrom;
    return mayArrive ? 'The refund was sent a moment ago and may still arrive at the provider.' : null;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return whyUnanswered(deps, { account, stored, error, isLate });
  }
}

/** Why a refund can't be closed whose provider gave no answer. Null: it can. */
function whyUnanswered(
  deps: CloseDeps,
  unanswered: {
    readonly account: ProviderAccount;
    readonly stored: StoredRefund;
    readonly error: ProviderError;
    /** The refund is unfinished for longer than the give-up time. */
    readonly isLate: boolean;
  },
): string | null {
  const { account, stored, error, isLate } = unanswered;
  // A record that can't be read counts as not known; a no that does not name the refund does so when it has
  // lasted.
  if (error.kind === 'malformed' && stored.refund.attention.UNREADABLE !== undefined) return null;
  if (error.kind === 'rejected' && isLate) return null;
  const heardAt = account.health().lastSuccessAt ?? deps.startedAt;
  const awayMs = deps.clock().getTime() - Math.max(heardAt.getTime(), deps.startedAt.getTime());
  if (awayMs > deps.reconciliation.giveUpAfterSeconds * 1000) return null;
  return 'The provider can not be asked now. It must answer, or be away for longer than the give-up time.';
}

/** Writes the end. Null where something happened to the refund since it was read. */
async function close(
  { clock }: CloseDeps,
  tx: Tx,
  { stored, request }: { readonly stored: StoredRefund; readonly request: CloseRequest },
): Promise<Refund | null> {
  const [locked] = await lockStored(tx, request.account, [request.merchantRefundId]);
  if (locked === undefined || hasMoved(stored.refund, locked.refund)) return null;
  const at = clock();
  const { outcome, note, actor } = request;
  const isChange = locked.refund.status !== outcome;
  const refund = withEvent(
    {
      ...locked.refund,
      attention: {},
      ...(isChange && { status: outcome, completedAt: at, failure: outcome === 'FAILED' ? CLOSED : null }),
    },
    at,
  );
  // The person's word stands until the provider reports the refund: a denial changes nothing any more.
  await updateRefunds(tx, [{ ...locked, refund, isAnswered: true, missingSince: null, revision: locked.revision + 1 }]);
  await appendEvents(tx, [
    {
      refundId: locked.id,
      account: refund.account,
      type: isChange ? 'STATUS_CHANGED' : 'ATTENTION_CHANGED',
      via: 'OPERATOR',
      occurredAt: null,
      recordedAt: at,
      before: locked.refund,
      refund,
      contradiction: null,
      actor,
      note,
    },
  ]);
  return refund;
}

/** Whether the refund was observed, or sent. A reason to look at it may have come. */
const hasMoved = (before: Refund, now: Refund): boolean =>
  before.status !== now.status ||
  before.attempts !== now.attempts ||
  before.observedAt?.getTime() !== now.observedAt?.getTime();
