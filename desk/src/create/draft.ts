/** What is written in the form of a new refund, and what of it is wrong. Pure. */
import { amountIn } from '../shown/amount.ts';
import type { CreateRefundInput } from '../generated/sendMutation.graphql.ts';
import type { Provider } from '../generated/startQuery.graphql.ts';

export interface Draft {
  /** Key of the account; empty: none yet. */
  readonly account: string;
  readonly ours: string;
  readonly theirs: string;
  readonly amount: string;
  /** What was paid, where somebody knows it and the server does not; empty: not said. */
  readonly paid: string;
  readonly reason: string;
  readonly isItem: boolean;
  readonly businessId: string;
}

export interface DraftAccount {
  readonly key: string;
  readonly provider: Provider;
  readonly currency: string;
}

export type Wrong = Partial<Record<'account' | 'payment' | 'amount' | 'paid' | 'businessId', 'required' | 'badAmount'>>;

/** By which ids of a payment a provider takes a refund; of both, the first one that is known is sent. */
export const TAKES: Readonly<Record<Provider, readonly ('ours' | 'theirs')[]>> = {
  SHOUTU: ['theirs', 'ours'],
  BLUEPAY: ['theirs'],
  TIPAY: ['ours'],
};

export const emptyDraft = (search: URLSearchParams): Draft => ({
  account: search.get('account') ?? '',
  ours: search.get('ours') ?? '',
  theirs: search.get('theirs') ?? '',
  amount: search.get('amount') ?? '',
  paid: '',
  reason: '',
  isItem: false,
  businessId: '',
});

export function draftOf(input: CreateRefundInput): Draft {
  return {
    account: input.account,
    ours: input.merchantPaymentId ?? '',
    theirs: input.providerPaymentId ?? '',
    amount: input.amount.amount,
    paid: input.paymentAmount?.amount ?? '',
    reason: input.reason ?? '',
    isItem: input.shoutu?.refundMode === 'ITEMIZED_REFUND',
    businessId: input.shoutu?.businessId ?? '',
  };
}

/** A refund names its payment by one id. */
function paymentIds(draft: Draft, { provider }: DraftAccount) {
  const takes = TAKES[provider];
  const name = takes.find((one) => draft[one].trim() !== '') ?? takes[0];
  const id = name === undefined ? '' : draft[name].trim();
  return name === 'theirs' ? { providerPaymentId: id } : { merchantPaymentId: id };
}

const isPositive = (amount: string | null): boolean => amount !== null && /[1-9]/.test(amount);

/** The input that the draft stands for, or what is wrong with it. Amounts may be written with a comma. */
export function readDraft(
  draft: Draft,
  account: DraftAccount | null,
  idempotencyKey: string,
): { readonly input: CreateRefundInput } | { readonly wrong: Wrong } {
  if (account === null) return { wrong: { account: 'required' } };
  const amount = amountIn(draft.amount);
  const paid = amountIn(draft.paid);
  const ids = paymentIds(draft, account);
  const isItem = draft.isItem && account.provider === 'SHOUTU';
  const wrong: Wrong = {
    ...(Object.values(ids).includes('') ? { payment: 'required' } : {}),
    ...(isPositive(amount) ? {} : { amount: 'badAmount' }),
    ...(draft.paid.trim() === '' || isPositive(paid) ? {} : { paid: 'badAmount' }),
    ...(isItem && draft.businessId.trim() === '' ? { businessId: 'required' } : {}),
  };
  if (Object.keys(wrong).length > 0 || amount === null) return { wrong };
  const reason = draft.reason.trim();
  return {
    input: {
      idempotencyKey,
      account: account.key,
      amount: { amount, currency: account.currency },
      ...ids,
      ...(paid === null ? {} : { paymentAmount: { amount: paid, currency: account.currency } }),
      ...(reason === '' ? {} : { reason }),
      ...(isItem ? { shoutu: { refundMode: 'ITEMIZED_REFUND', businessId: draft.businessId.trim() } } : {}),
    },
  };
}
