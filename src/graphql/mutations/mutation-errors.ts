/** What can go wrong with a mutation, as types: a frontend branches on them and finds in each what it needs next. */
import type { Money } from '../../refunds/money.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { InputIssue } from '../../services/submission/create-input.ts';
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';
import { RefundType } from '../refund/refund.ts';

/** An answer of a mutation: the name of its type tells the union which one it is. */
interface Answer<Name extends string> {
  readonly type: Name;
}
interface ErrorAnswer<Name extends string> extends Answer<Name> {
  readonly message: string;
}

export interface InvalidInput extends ErrorAnswer<'InvalidInputError'> {
  readonly issues: readonly InputIssue[];
}
export interface IdempotencyConflict extends ErrorAnswer<'IdempotencyConflictError'> {
  readonly existing: Refund;
}
export interface AmountExceedsPayment extends ErrorAnswer<'AmountExceedsPaymentError'> {
  readonly refundable: Money;
}
export type PaymentBusy = ErrorAnswer<'PaymentBusyError'>;
export interface ProviderRejected extends ErrorAnswer<'ProviderRejectedError'> {
  readonly code: string | null;
  readonly providerMessage: string;
  readonly retryable: boolean;
  readonly refund: Refund;
}
export interface NotClosable extends ErrorAnswer<'NotClosableError'> {
  readonly refund: Refund;
}
export type NotFound = ErrorAnswer<'NotFoundError'>;
export type Forbidden = ErrorAnswer<'ForbiddenError'>;

type AnyError =
  | InvalidInput
  | IdempotencyConflict
  | AmountExceedsPayment
  | PaymentBusy
  | ProviderRejected
  | NotClosable
  | NotFound
  | Forbidden;

export const ErrorInterface = builder.interfaceRef<AnyError>('Error').implement({
  description: 'Why a mutation did not do what was asked. Its message is for developers, not for shoppers.',
  resolveType: ({ type }) => type,
  fields: (t) => ({ message: t.exposeString('message') }),
});

const IssueType = builder.objectRef<InputIssue>('InputIssue').implement({
  fields: (t) => ({
    path: t.exposeStringList('path', { description: 'Where in the arguments, e.g. ["input", "amount", "amount"].' }),
    message: t.exposeString('message'),
  }),
});

export const InvalidInputType = builder.objectRef<InvalidInput>('InvalidInputError').implement({
  description: 'The input is wrong; nothing was sent and nothing was kept. All problems at once.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ issues: t.field({ type: [IssueType], resolve: ({ issues }) => issues }) }),
});

export const IdempotencyConflictType = builder.objectRef<IdempotencyConflict>('IdempotencyConflictError').implement({
  description:
    'The key, or merchantRefundId, was used before with other input: here, or at the provider, which took nothing new.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    existing: t.expose('existing', {
      type: RefundType,
      nullable: true,
      description: 'The refund that it was used for.',
    }),
  }),
});

export const AmountExceedsPaymentType = builder.objectRef<AmountExceedsPayment>('AmountExceedsPaymentError').implement({
  description: 'More than is left of the payment; nothing was sent, and the idempotencyKey is still free.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ refundable: t.expose('refundable', { type: MoneyType }) }),
});

export const PaymentBusyType = builder.objectRef<PaymentBusy>('PaymentBusyError').implement({
  description:
    'The provider has another refund of this payment under way; nothing is left pending here. Make the same call again later.',
  interfaces: [ErrorInterface],
});

export const ProviderRejectedType = builder.objectRef<ProviderRejected>('ProviderRejectedError').implement({
  description: 'The provider said no. The refund is kept as FAILED.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    code: t.exposeString('code', { nullable: true, description: "The provider's own code." }),
    providerMessage: t.exposeString('providerMessage', { nullable: true, description: "The provider's own words." }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether `retryRefund` may submit this refund again.' }),
    refund: t.expose('refund', { type: RefundType }),
  }),
});

export const NotFoundType = builder.objectRef<NotFound>('NotFoundError').implement({
  description: 'The id names nothing, or nothing that your token lets you see.',
  interfaces: [ErrorInterface],
});

export const ForbiddenType = builder.objectRef<Forbidden>('ForbiddenError').implement({
  description: 'Your token does not allow it, or does not name the account.',
  interfaces: [ErrorInterface],
});

/** Nothing was sent because of these problems. */
export const invalidInput = (issues: readonly InputIssue[]): InvalidInput => ({
  type: 'InvalidInputError',
  message: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '),
  issues,
});

/** The provider's no. */
export const providerRejected = (
  refund: Refund,
  { code, message, retryable }: { readonly code: string | null; readonly message: string; readonly retryable: boolean },
): ProviderRejected => ({
  type: 'ProviderRejectedError',
  message: 'The provider refused the refund.',
  code,
  providerMessage: message,
  retryable,
  refund,
});

/** The payment can't take another refund now. */
export const paymentBusy = (message: string): PaymentBusy => ({ type: 'PaymentBusyError', message });

/** The token has not the scope that every mutation needs. */
export const NO_WRITE: Forbidden = { type: 'ForbiddenError', message: 'Your token lacks the scope refunds:write.' };

/** The token has not the scope of those who operate this server. */
export const NO_OPERATE: Forbidden = { type: 'ForbiddenError', message: 'Your token lacks the scope refunds:operate.' };

/** The account does not exist, or not for this caller: the two look the same. */
export const NO_ACCOUNT: Forbidden = {
  type: 'ForbiddenError',
  message: 'There is no such account here, or your token does not name it.',
};
