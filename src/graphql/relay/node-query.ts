/** `node` and `nodes`: an id back to what it names. What the caller may not see does not exist. */
import { builder } from '../builder.ts';
import { findVisible } from '../callback/callback.ts';
import type { Context } from '../context.ts';
import { badInput } from '../errors.ts';
import { readGlobalId } from './global-id.ts';
import { requestByRef, loadRefund } from '../loaders.ts';
import { findPayment, paymentOf } from '../payment/shown-payment.ts';
import { NodeInterface } from './node.ts';

/** How many ids one `nodes` takes. */
const MAX_IDS = 100;

async function resolveNode(id: string, argument: string, context: Context) {
  const named = readGlobalId(id);
  if (named === null) throw badInput('This is no id that this server gave out.', argument);
  switch (named.type) {
    case 'MerchantAccount':
      return context.accounts.find(({ key }) => key === named.key) ?? null;
    case 'Refund':
      return context.caller.sees(named.ref.account)
        ? loadRefund(context.loaders, requestByRef(named.ref, 'AUTO'))
        : null;
    case 'Payment':
      return context.caller.sees(named.account) ? findPayment(named.account, named.id, context) : null;
    case 'PaymentOfRefund': {
      if (!context.caller.sees(named.ref.account)) return null;
      const refund = await loadRefund(context.loaders, requestByRef(named.ref, 'LEDGER'));
      return refund === null ? null : paymentOf(refund);
    }
    case 'Callback':
      return context.caller.may('refunds:operate') ? findVisible(named.id, context) : null;
    case 'RefundEvent': {
      const event = await context.services.event(named.number);
      return event !== null && context.caller.sees(event.account) ? event : null;
    }
  }
}

builder.queryField('node', (t) =>
  t.field({
    type: NodeInterface,
    nullable: true,
    description: 'What an id names; null when it names nothing, or nothing that your token lets you see.',
    args: { id: t.arg.id({ required: true, description: 'An id that this server gave out.' }) },
    resolve: (_root, { id }, context) => resolveNode(id, 'id', context),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [NodeInterface],
    nullable: { list: true, items: true },
    description:
      `At most ${MAX_IDS} ids at once, else null and an error. At the place of each id what it names; null where there is none, and null ` +
      'beside an error where the id can not be read.',
    args: { ids: t.arg.idList({ required: true, description: 'Ids that this server gave out.' }) },
    complexity: ({ ids }) => ({ field: 1, multiplier: Math.min(ids.length, MAX_IDS) }),
    resolve: (_root, { ids }, context) => {
      if (ids.length > MAX_IDS) throw badInput(`At most ${MAX_IDS} ids at once, got ${ids.length}.`, 'ids');
      return ids.map((id, index) => resolveNode(id, `ids.${index}`, context));
    },
  }),
);
