/** Amount, state, and one sentence that says what to do. */
import type { ReactNode } from 'react';
import { graphql, useFragment } from 'react-relay/hooks';
import type { summary_refund$data, summary_refund$key } from '../generated/summary_refund.graphql.ts';
import { Money } from '../shown/money.tsx';
import { AttentionMark, StatusBadge } from '../shown/status.tsx';
import { useAllWords, type AllWords } from '../words/words.ts';

/** What to do about it, in one or two sentences. */
function whatToDo({ status, attention, pendingReason, failure }: summary_refund$data, words: AllWords): string {
  if (attention !== null && attention !== undefined) return words.attention.advice[attention.reason];
  if (pendingReason !== null && pendingReason !== undefined) return words.pendingMeans[pendingReason];
  if (status !== 'FAILED') return words.statusMeans[status];
  return `${words.statusMeans.FAILED} ${failure?.retryable === true ? words.refund.canRetry : words.refund.noRetry}`;
}

export function Summary({ of, actions }: { readonly of: summary_refund$key; readonly actions: ReactNode }) {
  const words = useAllWords();
  const refund = useFragment(
    graphql`
      fragment summary_refund on Refund {
        merchantRefundId
        status
        pendingReason
        amount {
          amount
          currency
        }
        account {
          displayName
        }
        failure {
          code
          message
          retryable
        }
        attention {
          reason
          advice
        }
      }
    `,
    of,
  );
  const { attention, failure } = refund;
  return (
    <header className="summary panel">
      <div className="summary-head">
        <div>
          <p className="quiet">
            {refund.account.displayName} · <span className="mono">{refund.merchantRefundId}</span>
          </p>
          <h1>
            <Money of={refund.amount} />
          </h1>
        </div>
        {/* A change of state is told to those who can't see it. */}
        <div className="summary-state" role="status">
          <StatusBadge status={refund.status} />
          {attention !== null && attention !== undefined && <AttentionMark reason={attention.reason} />}
        </div>
      </div>
      <p className="what-to-do">{whatToDo(refund, words)}</p>
      {failure !== null && failure !== undefined && (
        <p className="provider-words">
          <span className="quiet">{words.refund.failure}: </span>
          <q>{failure.message}</q>
          {failure.code !== null && failure.code !== undefined && (
            <span className="quiet"> ({words.refund.failureCode(failure.code)})</span>
          )}
        </p>
      )}
      {actions}
    </header>
  );
}
