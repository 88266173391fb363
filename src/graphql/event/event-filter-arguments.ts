/** Which events are asked for: the filter of their refunds, their types, and how they became known. */
import type { InputShapeFromFields } from '@pothos/core';
import type { EventFilter } from '../../feed/filter.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { ObservedViaEnum } from '../enums.ts';
import { readFilter, RefundFilterInput } from '../refund/refund-filter.ts';
import { RefundEventTypeEnum } from './refund-event.ts';

/** The arguments `filter`, `types` and `via`. */
export const eventFilterArguments = () =>
  builder.args((t) => ({
    filter: t.field({
      type: RefundFilterInput,
      description:
        'Events whose refund meets it before the event or after it, so that a list hears who left: `matches` tells which. ' +
        'Left out: every event of the accounts that your token names.',
    }),
    types: t.field({ type: [RefundEventTypeEnum], description: 'Events of one of these types. Left out: of all.' }),
    via: t.field({
      type: [ObservedViaEnum],
      description: 'Events that became known in one of these ways. Left out: in any. COPY is none of the feed.',
    }),
  }));

type Given = InputShapeFromFields<ReturnType<typeof eventFilterArguments>>;

/** Reads them. Throws BAD_USER_INPUT. */
export const readEventFilter = async ({ filter, types, via }: Given, context: Context): Promise<EventFilter> => ({
  ...(await readFilter(filter, context)),
  types: types ?? null,
  via: via ?? null,
});
