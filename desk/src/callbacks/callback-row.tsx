/** One callback: what was made of it, its body for those who may read it, and applying it again. */
import { useId, useState } from 'react';
import { graphql, useFragment, useMutation } from 'react-relay/hooks';
import { useFailureText } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import { useMay } from '../app/start.tsx';
import type { callbackRow_callback$key } from '../generated/callbackRow_callback.graphql.ts';
import type { callbackRowReplayMutation } from '../generated/callbackRowReplayMutation.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { StatusBadge } from '../shown/status.tsx';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import { CallbackBody } from './callback-body.tsx';
import { CallbackStateBadge } from './callback-state.tsx';

export function CallbackRow({ of }: { readonly of: callbackRow_callback$key }) {
  const words = useAllWords();
  const mayReadBody = useMay('refunds:raw');
  const place = useId();
  const [isOpen, setOpen] = useState(false);
  const callback = useFragment(
    graphql`
      fragment callbackRow_callback on Callback {
        id
        state
        reason
        receivedAt
        copies
        account {
          displayName
        }
        refund {
          id
          merchantRefundId
          status
        }
      }
    `,
    of,
  );
  const { account, refund, reason } = callback;
  return (
    <li className="callback">
      <div className="callback-head">
        <CallbackStateBadge state={callback.state} />
        <Time at={callback.receivedAt} />
        <span>{account.displayName}</span>
        {callback.copies > 1 && <span className="quiet">{words.callbacks.copies(callback.copies)}</span>}
        {refund !== null && refund !== undefined && (
          <span className="callback-refund">
            <Link className="mono" href={hrefOfRefund(refund.id)} data-row={callback.id}>
              {refund.merchantRefundId}
            </Link>
            <StatusBadge status={refund.status} />
          </span>
        )}
        <div className="buttons">
          {mayReadBody && (
            <button
              type="button"
              className="button-small"
              aria-expanded={isOpen}
              aria-controls={place}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? words.callbacks.hideBody : words.callbacks.showBody}
            </button>
          )}
          <Replay id={callback.id} />
        </div>
      </div>
      {callback.state !== 'APPLIED' && <p className="quiet">{words.callbacks.means[callback.state]}</p>}
      {reason !== null && reason !== undefined && (
        <p>
          <span className="quiet">{words.callbacks.reason}: </span>
          {reason}
        </p>
      )}
      <div id={place}>{isOpen && <CallbackBody id={callback.id} />}</div>
    </li>
  );
}

function Replay({ id }: { readonly id: string }) {
  const words = useAllWords();
  const failureText = useFailureText();
  const [said, setSaid] = useState<{ readonly text: string; readonly isGood: boolean } | null>(null);
  const [replay, isReplaying] = useMutation<callbackRowReplayMutation>(graphql`
    mutation callbackRowReplayMutation($id: ID!) {
      replayCallback(id: $id) {
        __typename
        ... on ReplayCallbackSuccess {
          callback {
            ...callbackRow_callback
          }
        }
        ... on Error {
          message
        }
      }
    }
  `);
  const again = () =>
    replay({
      variables: { id },
      onError: (error) => setSaid({ text: failureText(error), isGood: false }),
      onCompleted: ({ replayCallback: answer }) =>
        setSaid(
          answer?.__typename === 'ReplayCallbackSuccess'
            ? { text: words.callbacks.replayed, isGood: true }
            : { text: answer?.message ?? words.failure.title, isGood: false },
        ),
    });
  return (
    <>
      <span role="status" className={said?.isGood === false ? 'wrong' : 'quiet'}>
        {said?.text}
      </span>
      <button type="button" className="button-small" disabled={isReplaying} onClick={again}>
        {isReplaying ? words.refund.working : words.callbacks.replay}
      </button>
    </>
  );
}
