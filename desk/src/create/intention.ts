/**
 * One refund that somebody wants, with the key that stands for it. It is kept in this tab until there is a
 * definite answer, so that a double click, a reload or a lost answer makes no second refund.
 */
import { isFields } from '../api/answer.ts';
import type { CreateRefundInput } from '../generated/sendMutation.graphql.ts';

export interface Intention {
  readonly input: CreateRefundInput;
  /** Whether it was sent at least once. */
  readonly isSent: boolean;
}

const KEY = 'refund-desk-intention';

/** Ours alone writes it; what is not of that form is taken for nothing. */
function isIntention(value: unknown): value is Intention {
  if (!isFields(value) || typeof value['isSent'] !== 'boolean' || !isFields(value['input'])) return false;
  const { idempotencyKey, account, amount } = value['input'];
  return (
    typeof idempotencyKey === 'string' &&
    typeof account === 'string' &&
    isFields(amount) &&
    typeof amount['amount'] === 'string' &&
    typeof amount['currency'] === 'string'
  );
}

/** The intention of this tab; null: there is none. */
export function keptIntention(): Intention | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return isIntention(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keeps it before it is sent. Throws where this browser keeps nothing: then nothing may be sent. */
export function keepIntention(intention: Intention): void {
  sessionStorage.setItem(KEY, JSON.stringify(intention));
}

export function dropIntention(): void {
  sessionStorage.removeItem(KEY);
}
