/**
 * What can go wrong with a mutation, as types: a frontend branches on them and finds in each what it needs
 * next.
 */
import type { Money } from '../../refunds/money.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { InputIssue } from '../../providers/provider.ts';
import { builder } from '../builder.ts';
import { MoneyType } from '../money.ts';
import { RefundType } from '../refund/refund.ts';

/** `type` is the name of the error's own type, by which unions and this interface tell errors apart. */
export const ErrorInterface = builder
  .interfaceRef<{ readonly type: string; readonly message: string }>('Error')
  .implement({
    description: 'Why a mutation did not do what was asked. Its message is for developers, not for shoppers.',
    resolveType: ({ type }) => type,
    fields: (t) => ({
      message: t.exposeString('message', {
        description: 'What went wrong, in a sentence; not made for a machine to read.',
      }),
    }),
  });

const IssueCodeEnum = builder.enumType('InputIssueCode', {
  description: 'What is wrong with a member of an input.',
  values: {
    REQUIRED: { description: 'It is missing, and needed here.' },
    TOO_LONG: { description: 'It has too many characters.' },
    TOO_SHORT: { description: 'It has too few characters.' },
    MALFORMED: { description: 'It has not the form that is expected, or holds what can not be sent.' },
    NOT_ALLOWED: { description: 'It is not taken here, or not together with the others.' },
    TOO_MANY_DECIMALS: { description: 'The currency has fewer decimals; nothing is rounded.' },
    OUT_OF_RANGE: { description: 'It is not more than zero, or is too much.' },
    WRONG_CURRENCY: { description: 'The account, or the payment, is in another currency.' },
    CONTRADICTS_KNOWN: { description: 'It is known to be otherwise.' },
  } satisfies Record<InputIssue['code'], object>,
});

const IssueType = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One thing that is wrong in an input.',
  fields: (t) => ({
    path: t.exposeStringList('path', { description: 'Where in the arguments, e.g. ["input", "amount", "amount"].' }),
    code: t.expose('code', { type: IssueCodeEnum, description: 'What kind of mistake it is, to branch on.' }),
    message: t.exposeString('message', { description: 'What is expected there.' }),
  }),
});

export const InvalidInputType = builder
  .objectRef<{
    readonly type: 'InvalidInputError';
    readonly message: string;
    readonly issues: readonly InputIssue[];
  }>('InvalidInputError')
  .implement({
    description: 'The input is wrong; nothing was sent and nothing was kept. All problems at once.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      issues: t.field({
        type: [IssueType],
        description: 'Every problem of the input.',
        resolve: ({ issues }) => issues,
      }),
    }),
  });

export const IdempotencyConflictType = builder
  .objectRef<{
    readonly type: 'IdempotencyConflictError';
    readonly message: string;
    readonly existing: Refund;
  }>('IdempotencyConflictError')
  .implement({
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

export const AmountExceedsPaymentType = builder
  .objectRef<{
    readonly type: 'AmountExceedsPaymentError';
    readonly message: string;
    readonly refundable: Money;
  }>('AmountExceedsPaymentError')
  .implement({
    description: 'More than is left of the payment; nothing was sent, and the idempotencyKey is still free.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      refundable: t.expose('refundable', { type: MoneyType, description: 'What is left of the payment.' }),
    }),
  });

export const PaymentBusyType = builder
  .objectRef<{
    readonly type: 'PaymentBusyError';
    readonly message: string;
  }>('PaymentBusyError')
  .implement({
    description:
      'The provider has another refund of this payment under way; nothing is left pending here. Make the same call again later.',
    interfaces: [ErrorInterface],
  });

export const ProviderRejectedType = builder
  .objectRef<{
    readonly type: 'ProviderRejectedError';
    readonly message: string;
    readonly code: string | null;
    readonly providerMessage: string;
    readonly retryable: boolean;
    readonly refund: Refund;
  }>('ProviderRejectedError')
  .implement({
    description: 'The provider said no. The refund is kept as FAILED.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      code: t.exposeString('code', { nullable: true, description: "The provider's own code." }),
      providerMessage: t.exposeString('providerMessage', { nullable: true, description: "The provider's own words." }),
      retryable: t.exposeBoolean('retryable', { description: 'Whether `retryRefund` may submit this refund again.' }),
      refund: t.expose('refund', { type: RefundType, description: 'The refund as it is kept, FAILED.' }),
    }),
  });

export const NotFoundType = builder
  .objectRef<{
    readonly type: 'NotFoundError';
    readonly message: string;
  }>('NotFoundError')
  .implement({
    description: 'The id names nothing, or nothing that your token lets you see.',
    interfaces: [ErrorInterface],
  });

export const ForbiddenType = builder
  .objectRef<{
    readonly type: 'ForbiddenError';
    readonly message: string;
  }>('ForbiddenError')
  .implement({
    description: 'Your token does not allow it, or does not name the account.',
    interfaces: [ErrorInterface],
  });

/** Nothing was sent because of these problems. */
export const invalidInput = (issues: readonly InputIssue[]): typeof InvalidInputType.$inferType => ({
  type: 'InvalidInputError',
  message: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '),
  issues,
});

/** The provider's no. */
export const providerRejected = (
  refund: Refund,
  { code, message, retryable }: { readonly code: string | null; readonly message: string; readonly retryable: boolean },
): typeof ProviderRejectedType.$inferType => ({
  type: 'ProviderRejectedError',
  message: 'The provider refused the refund.',
  code,
  providerMessage: message,
  retryable,
  refund,
});

/** The payment can't take another refund now. */
export const paymentBusy = (message: string) => ({ type: 'PaymentBusyError', message }) as const;

/** The token has not the scope that every mutation needs. */
export const NO_WRITE = { type: 'ForbiddenError', message: 'Your token lacks the scope refunds:write.' } as const;

/** What the mutation tells is no more than reading. */
export const NO_READ = { type: 'ForbiddenError', message: 'Your token lacks the scope refunds:read.' } as const;

/** The token has not the scope of those who operate this server. */
export const NO_OPERATE = { type: 'ForbiddenError', message: 'Your token lacks the scope refunds:operate.' } as const;

/** The account does not exist, or not for this caller: the two look the same. */
export const NO_ACCOUNT = {
  type: 'ForbiddenError',
  message: 'There is no such account here, or your token does not name it.',
} as const;

/** No callback has this id, or none of an account that the caller sees. */
export const NO_CALLBACK = { type: 'NotFoundError', message: 'There is no such callback.' } as const;

/** No refund has this id, or none that the provider and the ledger know. */
export const NO_REFUND = { type: 'NotFoundError', message: 'There is no such refund.' } as const;
