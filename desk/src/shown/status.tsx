/** A state as a sign, a word and a colour: never by colour alone. */
import { useWords } from '../words/words.ts';
import type { Words } from '../words/en.ts';

export type Status = keyof Words['status'];

const SIGNS: Readonly<Record<Status, string>> = {
  PENDING: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M8 5.5V8l1.8 1.2',
  PROCESSING: 'M4 8h8M9 5l3 3-3 3',
  SUCCEEDED: 'm4.5 8.5 2.5 2.5 4.5-5.5',
  FAILED: 'm5 5 6 6m0-6-6 6',
  CANCELED: 'M4.5 8h7',
};

export function StatusBadge({ status }: { readonly status: Status }) {
  const words = useWords();
  return (
    <span className={`badge badge-${status.toLowerCase()}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SIGNS[status]} />
      </svg>
      {words.status[status]}
    </span>
  );
}

/** A sign that a person must look. */
export function AttentionMark({ reason }: { readonly reason: keyof Words['attentionReason'] }) {
  const words = useWords();
  return (
    <span className="badge badge-attention">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 3.5v5.5M8 11.6v.6" />
      </svg>
      {words.attentionReason[reason]}
    </span>
  );
}
