/** Ends a refund that its provider will not end. */
import { useState } from 'react';
import { graphql, useMutation } from 'react-relay/hooks';
import { useFailureText } from '../app/boundary.tsx';
import { Sheet } from '../app/dialog.tsx';
import type { closeDialogMutation, CloseRefundOutcome } from '../generated/closeDialogMutation.graphql.ts';
import { useAllWords } from '../words/words.ts';
import type { Outcome } from './actions.tsx';

const OUTCOMES: readonly CloseRefundOutcome[] = ['FAILED', 'SUCCEEDED'];
const LONGEST_NOTE = 1000;

export function CloseDialog(props: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onDone: (outcome: Outcome) => void;
}) {
  const words = useAllWords();
  const failureText = useFailureText();
  const { id, onClose, onDone } = props;
  const [outcome, setOutcome] = useState<CloseRefundOutcome | null>(null);
  const [note, setNote] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [close, isClosing] = useMutation<closeDialogMutation>(graphql`
    mutation closeDialogMutation($id: ID!, $outcome: CloseRefundOutcome!, $note: String!) {
      closeRefund(id: $id, outcome: $outcome, note: $note) {
        __typename
        ... on CloseRefundSuccess {
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
  const send = () => {
    if (outcome === null || note.trim() === '') return setWrong(words.create.required);
    close({
      variables: { id, outcome, note: note.trim() },
      onError: (error) => setWrong(failureText(error)),
      onCompleted: ({ closeRefund: answer }) => {
        if (answer?.__typename !== 'CloseRefundSuccess') return setWrong(answer?.message ?? words.failure.title);
        onDone({ text: words.refund.closed, isGood: true });
        onClose();
      },
    });
  };
  return (
    <Sheet title={words.refund.close.replace('…', '')} onClose={onClose}>
      <p className="quiet">{words.refund.closeLead}</p>
      <fieldset className="choices">
        <legend>{words.refund.outcome}</legend>
        {OUTCOMES.map((key) => (
          <label key={key}>
            <input type="radio" name="outcome" checked={outcome === key} onChange={() => setOutcome(key)} />
            {words.refund.outcomes[key]}
          </label>
        ))}
      </fieldset>
      <div className="form">
        <label>
          {words.refund.note}
          <textarea rows={3} maxLength={LONGEST_NOTE} value={note} onChange={({ target }) => setNote(target.value)} />
        </label>
      </div>
      <p role="alert" className="wrong">
        {wrong}
      </p>
      <div className="dialog-end">
        <button type="button" className="button" onClick={onClose}>
          {words.refund.cancel}
        </button>
        <button type="button" className="button button-main" disabled={isClosing} onClick={send}>
          {isClosing ? words.refund.working : words.refund.close.replace('…', '')}
        </button>
      </div>
    </Sheet>
  );
}
