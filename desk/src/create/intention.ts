/**
 * One refund that somebody wants, with the key that stands for it. It is kept in this tab until there is a
 * definite answer, so that a double click, a reload or a lost answer makes no second refund. It belongs to
 * that person: whoever signs in next in the same tab neither sees nor ends it.
 */
import { isFields } from '../api/answer.ts';
import type { CreateRefundInput } from '../generated/sendMutation.graphql.ts';

export interface Intention {
  /** Whose it is: `viewer.subject`. */
  readonly person: string;
  readonly input: CreateRefundInput;
  /** Whether it was sent at least once. */
  readonly isSent: boolean;
}

const keyOf = (person: string): string => `refund-desk-intention ${person}`;

/** Ours alone writes it; what is not of that form is taken for nothing. */
function isIntention(value: unknown): value is Intention {
  if (!isFields(value) || typeof value['isSent'] !== 'boolean' || !isFields(value['input'])) return false;
  if (typeof value['person'] !== 'string') return false;
  const { idempotencyKey, account, amount } = value['input'];
  return (
    typeof idempotencyKey === 'string' &&
    typeof account === 'string' &&
    isFields(amount) &&
    typeof amount['amount'] === 'string' &&
    typeof amount['currency'] === 'string'
  );
}

/** The intention that a person has in this tab; null: there is none. */
export function keptIntention(person: string): Intention | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(person)) ?? 'null');
    return isIntention(value) && value.person === person ? value : null;
  } catch {
    return null;
  }
}

/** Keeps it before it is sent. Throws where this browser keeps nothing: then nothing may be sent. */
export function keepIntention(intention: Intention): void {
  sessionStorage.setItem(keyOf(intention.person), JSON.stringify(intention));
}

export function dropIntention({ person }: Intention): void {
  sessionStorage.removeItem(keyOf(person));
}
