/** Callback: what a provider sent to /notify, and what was made of it. */
import { shownState, type KeptCallback, type ShownState } from '../../ledger/callback-search.ts';
import { merchantRefundId } from '../../refunds/ids.ts';
import { MerchantAccountType } from '../account/merchant-account.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { readPersonalData } from '../personal-data.ts';
import { accountOf, RefundType } from '../refund/refund.ts';
import { callbackGlobalId } from '../relay/global-id.ts';
import { NodeInterface } from '../relay/node.ts';

export const CallbackStateEnum = builder.enumType('CallbackState', {
  description: 'What was made of a callback.',
  values: {
    APPLIED: { description: 'The ledger has heard it.' },
    FLAGGED: { description: 'It contradicts what is known, or decides too much: the provider is asked.' },
    REJECTED: { description: 'Nobody knows that the provider sent it: its signature or form is wrong.' },
    PENDING: { description: 'It is believed, and could not be applied; replay it when the mistake is mended.' },
  } satisfies Record<ShownState, object>,
});

export const CallbackType = builder.objectRef<KeptCallback>('Callback').implement({
  description: 'What a provider sent to /notify. Equal ones are one.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'The same for ever.', resolve: ({ id }) => callbackGlobalId(id) }),
    account: t.field({
      type: MerchantAccountType,
      description: 'To whose address it was sent.',
      resolve: (callback, _args, context) => accountOf(callback, context),
    }),
    state: t.field({
      type: CallbackStateEnum,
      description: 'What was made of it.',
      resolve: (callback) => shownState(callback),
    }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Why it was not applied; of an applied one, why it changed nothing.',
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it came first.' }),
    copies: t.exposeInt('timesReceived', { description: 'How often it came.' }),
    refund: t.field({
      type: RefundType,
      nullable: true,
      description: 'The refund that it tells of, from the ledger; null where it names none, or several.',
      resolve: (callback, _args, context) => refundOf(callback, context),
    }),
    body: t.string({
      nullable: true,
      description:
        'The body as it came, without what proves the sender. Null where it was not kept, or can not be read. Needs refunds:raw.',
      resolve: (callback, _args, context) => bodyOf(callback, context),
    }),
  }),
});

/** A number that is used by several merchants names no single refund. */
async function refundOf({ account, merchantRefundId: named }: KeptCallback, { loaders }: Context) {
  if (named === null) return null;
  const others = { providerRefundId: null, merchantPaymentId: null, providerPaymentId: null };
  const lookup = { merchantRefundId: named, ...others };
  const found = (await loaders.refunds.load({ account, lookup, read: 'LEDGER' })) ?? [];
  return found.length === 1 ? (found[0] ?? null) : null;
}

async function bodyOf({ id, account, merchantRefundId: named }: KeptCallback, context: Context) {
  // One that names no refund is written down under its own id.
  readPersonalData(context, { account, merchantRefundId: named ?? merchantRefundId(id) }, 'callback.body');
  const kept = await context.services.callback(id);
  const callbacks = context.services.accounts.get(account)?.callbacks;
  if (kept === null || kept.body === null || callbacks === undefined) return null;
  return callbacks.shown({ contentType: kept.contentType, body: kept.body });
}

/** The callback of this id, where its account exists for the caller; else null. */
export async function findVisible(id: string, { services, caller }: Context): Promise<KeptCallback | null> {
  const found = await services.callback(id);
  return found !== null && caller.sees(found.account) ? found : null;
}
