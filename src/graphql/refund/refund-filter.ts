/** RefundFilter and RefundOrder, read into what `services/` understands. */
import type { EventFilter } from '../../feed/filter.ts';
import { NO_CONDITIONS, type NamedPayment } from '../../refunds/filter.ts';
import { ID_NAMES, type AccountKey } from '../../refunds/ids.ts';
import { requireAccount, visibleAccount } from '../account/account-argument.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput } from '../errors.ts';
import { ProviderEnum } from '../details/details.ts';
import { AttentionReasonEnum, OrderDirectionEnum, RefundOrderFieldEnum, RefundStatusEnum } from '../enums.ts';
import type { Loaders } from '../loaders.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { requirePlainEnds } from './lookup-argument.ts';

export const DateTimeRangeInput = builder.inputType('DateTimeRange', {
  description: 'From `gte` on, up to but without `lt`.',
  fields: (t) => ({
    gte: t.field({ type: 'DateTime', description: 'From this instant on. Left out: from ever.' }),
    lt: t.field({ type: 'DateTime', description: 'Before this instant. Left out: for ever.' }),
  }),
});

/** Each is looked up. */
const MOST_PAYMENTS = 100;

/** A shorter search would find half of the ledger. */
const FEWEST_LETTERS = 3;

const DecimalRangeInput = builder.inputType('DecimalRange', {
  description: 'From `gte` on, up to but without `lt`.',
  fields: (t) => ({
    gte: t.field({ type: 'Decimal', description: 'At least this. Left out: however little.' }),
    lt: t.field({ type: 'Decimal', description: 'Less than this. Left out: however much.' }),
  }),
});

export const RefundFilterInput = builder.inputType('RefundFilter', {
  description: 'Every member that is given must hold.',
  fields: (t) => ({
    accounts: t.idList({
      description:
        'Ids or keys of accounts. One that your token does not name is an error; an empty list lets nothing through.',
    }),
    providers: t.field({ type: [ProviderEnum], description: 'Refunds of one of these providers.' }),
    statuses: t.field({ type: [RefundStatusEnum], description: 'Refunds with one of these statuses.' }),
    createdAt: t.field({ type: DateTimeRangeInput, description: 'When the refund was made.' }),
    merchantRefundId: t.string({ description: 'Our id of the refund, whole.' }),
    providerRefundId: t.string({ description: 'Their id of the refund, whole.' }),
    merchantPaymentId: t.string({ description: 'Our id of its payment, whole.' }),
    providerPaymentId: t.string({ description: 'Their id of its payment, whole.' }),
    needsAttention: t.boolean({
      description:
        'Whether `attention` is set. Answered from the ledger, whatever `read` is; true and false together are all that it knows.',
    }),
    search: t.string({
      description:
        `Start of any id of the refund or its payment, or starts of words of reason or failure; at least ${FEWEST_LETTERS} letters. ` +
        'Answered from the ledger, as are all members below.',
    }),
    amount: t.field({ type: DecimalRangeInput, description: 'The amount, in the currency of the refund.' }),
    currencies: t.field({ type: ['CurrencyCode'], description: 'Refunds in one of these currencies.' }),
    completedAt: t.field({
      type: DateTimeRangeInput,
      description: 'When the refund ended; one that has not meets none.',
    }),
    updatedAt: t.field({
      type: DateTimeRangeInput,
      description: 'When the last event was written. Of an event: when it was written.',
    }),
    attention: t.field({
      type: [AttentionReasonEnum],
      description: 'Refunds whose `attention` has one of these reasons.',
    }),
    payments: t.idList({
      description: `Ids of at most ${MOST_PAYMENTS} payments. One that names nothing here lets nothing through.`,
    }),
  }),
});

export const RefundOrderInput = builder.inputType('RefundOrder', {
  description: 'The order of a list.',
  fields: (t) => ({
    field: t.field({
      type: RefundOrderFieldEnum,
      required: true,
      defaultValue: 'CREATED_AT',
      description: 'What counts.',
    }),
    direction: t.field({ type: OrderDirectionEnum, required: true, defaultValue: 'DESC', description: 'Which way.' }),
  }),
});

/** The order of a list that says none. */
export const NEWEST_FIRST = { field: 'CREATED_AT', direction: 'DESC' } as const;

/** A filter as it came. */
type Given = typeof RefundFilterInput.$inferInput | null | undefined;

/** What a filter is read with. */
export type FilterContext = Pick<Context, 'accounts'> & { readonly loaders: Pick<Loaders, 'paymentIds'> };

/**
 * Reads a filter, of the accounts that exist for the caller. An empty list of accounts, providers or statuses
 * lets nothing through, as it says. Throws BAD_USER_INPUT at an account that does not exist for the caller,
 * at what is no id of a payment, and at an id with white space at an end.
 */
export function readFilter(filter: Given, context: FilterContext): Promise<EventFilter> {
  for (const name of ID_NAMES) {
    const id = filter?.[name] ?? null;
    if (id !== null) requirePlainEnds(id, `filter.${name}`);
  }
  const named = filter?.accounts?.map((id) => requireAccount(id, 'filter.accounts', context).key);
  return filterOf(filter, named, context);
}

/** The same, where what does not exist meets nothing. */
export const readFilterLeniently = (filter: Given, context: FilterContext): Promise<EventFilter> =>
  filterOf(
    filter,
    filter?.accounts?.flatMap((id) => visibleAccount(id, context)?.key ?? []),
    context,
  );

/** Spaces around a search are none of it. Throws BAD_USER_INPUT where it is too short. */
function readSearch(text: string | null | undefined): string | null {
  const search = text?.trim() ?? null;
  if (search === null || Array.from(search).length >= FEWEST_LETTERS) return search;
  throw badInput(`filter.search: at least ${FEWEST_LETTERS} letters.`, 'filter.search');
}

/** The payments that ids name, as their refunds do. */
async function readPayments(
  ids: readonly string[],
  { accounts, loaders }: FilterContext,
): Promise<readonly NamedPayment[]> {
  if (ids.length > MOST_PAYMENTS) throw badInput(`filter.payments: at most ${MOST_PAYMENTS}.`, 'filter.payments');
  const read = ids.map(async (id): Promise<readonly NamedPayment[]> => {
    const named = readGlobalId(id);
    if (named?.type === 'PaymentOfRefund') return [{ kind: 'of', ...named.ref }];
    if (named?.type !== 'Payment') throw badInput('filter.payments: expected ids of payments.', 'filter.payments');
    if (!accounts.some(({ key }) => key === named.account)) return [];
    const found = await loaders.paymentIds.load(named);
    return found === null ? [] : [{ kind: 'payment', account: named.account, ...found }];
  });
  return (await Promise.all(read)).flat();
}

async function filterOf(
  filter: Given,
  named: readonly AccountKey[] | undefined,
  context: FilterContext,
): Promise<EventFilter> {
  const payments = filter?.payments ?? null;
  const accounts = context.accounts
    .filter(({ key, provider }) => {
      const providers = filter?.providers;
      return (named === undefined || named.includes(key)) && (providers?.includes(provider) ?? true);
    })
    .map(({ key }) => key);
  return {
    accounts,
    conditions: {
      ...NO_CONDITIONS,
      statuses: filter?.statuses ?? null,
      createdFrom: filter?.createdAt?.gte ?? null,
      createdBefore: filter?.createdAt?.lt ?? null,
      merchantRefundId: filter?.merchantRefundId ?? null,
      providerRefundId: filter?.providerRefundId ?? null,
      merchantPaymentId: filter?.merchantPaymentId ?? null,
      providerPaymentId: filter?.providerPaymentId ?? null,
      needsAttention: filter?.needsAttention ?? null,
      attention: filter?.attention ?? null,
      search: readSearch(filter?.search),
      amountFrom: filter?.amount?.gte ?? null,
      amountBelow: filter?.amount?.lt ?? null,
      currencies: filter?.currencies ?? null,
      completedFrom: filter?.completedAt?.gte ?? null,
      completedBefore: filter?.completedAt?.lt ?? null,
      updatedFrom: filter?.updatedAt?.gte ?? null,
      updatedBefore: filter?.updatedAt?.lt ?? null,
      payments: payments === null ? null : await readPayments(payments, context),
    },
  };
}
