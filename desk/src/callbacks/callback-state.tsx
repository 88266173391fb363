/** What was made of a callback, as a sign, a word and a colour. */
import type { CallbackState } from '../generated/callbacksQuery.graphql.ts';
import { useAllWords } from '../words/words.ts';

export const CALLBACK_STATES: readonly CallbackState[] = ['APPLIED', 'FLAGGED', 'REJECTED', 'PENDING'];

const BADGES = { APPLIED: 'succeeded', FLAGGED: 'pending', REJECTED: 'failed', PENDING: 'processing' } as const;
const SIGNS = { APPLIED: '✓', FLAGGED: '!', REJECTED: '✕', PENDING: '…' } as const;

export function CallbackStateBadge({ state }: { readonly state: CallbackState }) {
  const words = useAllWords();
  return (
    <span className={`badge badge-signed badge-${BADGES[state]}`}>
      <span aria-hidden="true">{SIGNS[state]}</span>
      {words.callbacks.states[state]}
    </span>
  );
}
