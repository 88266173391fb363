/** Sends an intention, and says what became of it. */
import { useState } from 'react';
import { graphql, useMutation } from 'react-relay/hooks';
import { mayHaveHappened } from '../api/failure.ts';
import { useFailureText } from '../app/boundary.tsx';
import type { sendMutation } from '../generated/sendMutation.graphql.ts';
import { useMoneyText } from '../shown/money.tsx';
import { useAllWords } from '../words/words.ts';
import { dropIntention, keepIntention, type Intention } from './intention.ts';

type Answer = NonNullable<sendMutation['response']['createRefund']>;

/** What became of it. Only `unknown` keeps the key; `why`: what the last try ended with, in words. */
export type Result =
  | { readonly kind: 'none' | 'sending' }
  | { readonly kind: 'unknown'; readonly why: string | null }
  | { readonly kind: 'made'; readonly id: string; readonly isReplayed: boolean }
  | { readonly kind: 'refused'; readonly text: string; readonly id: string | null };

export function useSend() {
  const words = useAllWords();
  const money = useMoneyText();
  const failureText = useFailureText();
  const [result, setResult] = useState<Result>({ kind: 'none' });
  const [commit] = useMutation<sendMutation>(graphql`
    mutation sendMutation($input: CreateRefundInput!) {
      createRefund(input: $input) {
        __typename
        ... on CreateRefundSuccess {
          replayed
          refund {
            id
          }
        }
        ... on AmountExceedsPaymentError {
          refundable {
            amount
            currency
          }
        }
        ... on ProviderRejectedError {
          providerMessage
          refund {
            id
          }
        }
        ... on IdempotencyConflictError {
          existing {
            id
          }
        }
        ... on PaymentBusyError {
          message
        }
        ... on ForbiddenError {
          message
        }
        ... on InvalidInputError {
          issues {
            path
            message
          }
        }
      }
    }
  `);

  const refusal = (answer: Answer): { readonly text: string; readonly id: string | null } => {
    const { refused } = words.create;
    switch (answer.__typename) {
      case 'AmountExceedsPaymentError':
        return { text: refused.exceeds(money(answer.refundable)), id: null };
      case 'PaymentBusyError':
        return { text: refused.busy, id: null };
      case 'ForbiddenError':
        return { text: refused.forbidden, id: null };
      case 'IdempotencyConflictError':
        return { text: refused.conflict, id: answer.existing?.id ?? null };
      case 'ProviderRejectedError':
        return { text: `${refused.rejected} ${answer.providerMessage ?? ''}`, id: answer.refund.id };
      case 'InvalidInputError':
        return {
          text: answer.issues.map(({ path, message }) => `${path.slice(1).join('.')}: ${message}`).join('; '),
          id: null,
        };
      case 'CreateRefundSuccess':
      case '%other':
        return { text: words.failure.title, id: null };
    }
  };

  const send = (intention: Intention) => {
    if (result.kind === 'sending') return;
    // An earlier try may have arrived. A refusal of this one says nothing of it: only an answer about the
    // refund itself ends the intention then. A new key could pay twice.
    const mayHaveArrived = intention.isSent || result.kind === 'unknown';
    setResult({ kind: 'sending' });
    // Kept before it is sent: what happens to the page from here on, the key is not lost.
    keepIntention({ ...intention, isSent: true });
    commit({
      variables: { input: intention.input },
      onError: (error) => {
        if (mayHaveArrived || mayHaveHappened(error)) return setResult({ kind: 'unknown', why: failureText(error) });
        dropIntention(intention);
        setResult({ kind: 'refused', text: failureText(error), id: null });
      },
      onCompleted: ({ createRefund: answer }) => {
        if (answer === null || answer === undefined) return setResult({ kind: 'unknown', why: null });
        if (answer.__typename === 'ForbiddenError' && mayHaveArrived)
          return setResult({ kind: 'unknown', why: refusal(answer).text });
        if (answer.__typename === '%other') return setResult({ kind: 'unknown', why: null });
        dropIntention(intention);
        if (answer.__typename === 'CreateRefundSuccess') {
          setResult({ kind: 'made', id: answer.refund.id, isReplayed: answer.replayed });
        } else setResult({ kind: 'refused', ...refusal(answer) });
      },
    });
  };
  return { result, send, forget: () => setResult({ kind: 'none' }) };
}
