/** `refunds`: one list over every account that the caller may see. */
import { readWindow } from '../../paging/window.ts';
import { asksForTotals } from './asked-totals.ts';
import { builder } from '../builder.ts';
import { ReadPolicyEnum } from '../enums.ts';
import { asPaging, pageCost, pagingArguments } from '../relay/paging-arguments.ts';
import { RefundConnectionType } from './refund-connection.ts';
import { readWalk } from './walk.ts';
import { NEWEST_FIRST, readFilter, RefundFilterInput, RefundOrderInput } from './refund-filter.ts';

builder.queryField('refunds', (t) =>
  t.field({
    type: RefundConnectionType,
    nullable: true,
    description: 'Newest first unless `orderBy` says otherwise. Give `first` (with `after`) or `last` (with `before`).',
    args: {
      ...pagingArguments(),
      filter: t.arg({
        type: RefundFilterInput,
        description: 'Left out: every refund of the accounts that your token names.',
      }),
      orderBy: t.arg({ type: RefundOrderInput, description: 'Left out: newest first.' }),
      read: t.arg({
        type: ReadPolicyEnum,
        required: true,
        defaultValue: 'AUTO',
        description: 'Whether providers are asked.',
      }),
    },
    complexity: pageCost,
    resolve: (_root, args, context, info) =>
      asPaging(async () => {
        const { accounts, conditions } = await readFilter(args.filter, context);
        const { direction, field: by } = { ...NEWEST_FIRST, ...args.orderBy };
        const { feed, list } = context.services;
        const ask = { accounts, conditions, direction, by, read: args.read, withTotals: asksForTotals(info) };
        return readWalk(readWindow(args), feed, (window) => list({ ...ask, window }, context.signal));
      }),
  }),
);
