/** What can be done about a refund: ask the provider, submit again, close. */
import { Suspense, useState } from 'react';
import { graphql, useFragment, useMutation } from 'react-relay/hooks';
import { useFailureText } from '../app/boundary.tsx';
import { later } from '../app/later.ts';
import { useMay } from '../app/start.tsx';
import type { actions_refund$key } from '../generated/actions_refund.graphql.ts';
import type { actionsRefreshMutation } from '../generated/actionsRefreshMutation.graphql.ts';
import type { actionsRetryMutation } from '../generated/actionsRetryMutation.graphql.ts';
import { useAllWords } from '../words/words.ts';

const CloseDialog = later(() => import('./close-dialog.tsx').then((file) => file.CloseDialog));

/** What came of the last action, to be told. */
export interface Outcome {
  readonly text: string;
  readonly isGood: boolean;
}

export function Actions({ of }: { readonly of: actions_refund$key }) {
  const words = useAllWords();
  const failureText = useFailureText();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [isClosing, setClosing] = useState(false);
  const refund = useFragment(
    graphql`
      fragment actions_refund on Refund {
        id
        status
        attention {
          reason
        }
        failure {
          retryable
        }
      }
    `,
    of,
  );
  const [refresh, isAsking] = useMutation<actionsRefreshMutation>(graphql`
    mutation actionsRefreshMutation($id: ID!) {
      refreshRefund(id: $id) {
        __typename
        ... on RefreshRefundSuccess {
          changed
          refund {
            ...summary_refund
            ...actions_refund
            ...facts_refund
            ...refundRow_refund
          }
        }
        ... on Error {
          message
        }
      }
    }
  `);
  const [retry, isRetrying] = useMutation<actionsRetryMutation>(graphql`
    mutation actionsRetryMutation($id: ID!) {
      retryRefund(id: $id) {
        __typename
        ... on RetryRefundSuccess {
          refund {
            ...summary_refund
            ...actions_refund
            ...facts_refund
            ...refundRow_refund
          }
        }
        ... on Error {
          message
        }
      }
    }
  `);
  const good = (text: string) => setOutcome({ text, isGood: true });
  const bad = (text: string) => setOutcome({ text, isGood: false });
  const failed = (error: Error) => bad(failureText(error));
  const mayWrite = useMay('refunds:write');
  const mayOperate = useMay('refunds:operate');
  const variables = { id: refund.id };
  const isBusy = isAsking || isRetrying;

  const askNow = () =>
    refresh({
      variables,
      onError: failed,
      onCompleted: ({ refreshRefund: answer }) => {
        if (answer?.__typename === 'RefreshRefundSuccess') {
          good(answer.changed ? words.refund.askedChanged : words.refund.asked);
        } else if (answer?.__typename === 'NotFoundError') bad(words.attention.advice.DENIED);
        else bad(answer?.message ?? words.failure.title);
      },
    });
  const submitAgain = () =>
    retry({
      variables,
      onError: failed,
      onCompleted: ({ retryRefund: answer }) => {
        if (answer?.__typename === 'RetryRefundSuccess') good(words.refund.retried);
        else bad(answer?.message ?? words.failure.title);
      },
    });
  const isFinished = refund.status === 'SUCCEEDED' || refund.status === 'FAILED' || refund.status === 'CANCELED';
  const needsAttention = refund.attention !== null && refund.attention !== undefined;

  return (
    <div className="buttons">
      {mayWrite && (
        <button type="button" className="button" disabled={isBusy} onClick={askNow}>
          {isAsking ? words.refund.working : words.refund.ask}
        </button>
      )}
      {mayWrite && refund.failure?.retryable === true && (
        <button type="button" className="button" disabled={isBusy} onClick={submitAgain}>
          {isRetrying ? words.refund.working : words.refund.retry}
        </button>
      )}
      {mayOperate && (!isFinished || needsAttention) && (
        <button type="button" className="button" disabled={isBusy} onClick={() => setClosing(true)}>
          {words.refund.close}
        </button>
      )}
      <span role="status" className={outcome?.isGood === false ? 'wrong' : 'quiet'}>
        {outcome?.text}
      </span>
      {isClosing && (
        <Suspense>
          <CloseDialog id={refund.id} onClose={() => setClosing(false)} onDone={setOutcome} />
        </Suspense>
      )}
    </div>
  );
}
