/** `callbacks`: what providers sent to /notify, newest first, page by page. */
import { z } from 'zod';
import type { KeptCallback } from '../../ledger/callback-search.ts';
import { PagingError, readRows } from '../../paging/window.ts';
import { requireAccount } from '../account/account-argument.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput, forbidden } from '../errors.ts';
import { DateTimeRangeInput } from '../refund/refund-filter.ts';
import { readGlobalId } from '../relay/global-id.ts';
import { PageInfoType, pageOf, type RelayEdge } from '../relay/page-info.ts';
import { asPaging, pageCost, ROWS } from '../relay/paging-arguments.ts';
import { CallbackStateEnum, CallbackType } from './callback.ts';

const CallbackFilterInput = builder.inputType('CallbackFilter', {
  description: 'Every member that is given must hold.',
  fields: (t) => ({
    accounts: t.idList({ description: 'Ids or keys of accounts. One that your token does not name is an error.' }),
    states: t.field({ type: [CallbackStateEnum], description: 'Callbacks in one of these states.' }),
    receivedAt: t.field({ type: DateTimeRangeInput, description: 'When it came first.' }),
    refund: t.id({ description: 'The id of the refund that it tells of.' }),
  }),
});

const CallbackEdgeType = builder.objectRef<RelayEdge<KeptCallback>>('CallbackEdge').implement({
  description: 'A callback and its place in the list.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place: give it as `after`.' }),
    node: t.expose('node', { type: CallbackType, description: 'The callback.' }),
  }),
});

/** How many rows a page has, its field says. */
const AS_COUNTED = { field: 1, multiplier: 1 };

const CallbackConnectionType = builder.objectRef<Awaited<ReturnType<typeof readPage>>>('CallbackConnection').implement({
  description: 'A page of callbacks.',
  fields: (t) => ({
    edges: t.field({
      type: [CallbackEdgeType],
      description: 'The rows.',
      complexity: AS_COUNTED,
      resolve: ({ edges }) => edges,
    }),
    nodes: t.field({
      type: [CallbackType],
      complexity: AS_COUNTED,
      description: 'The rows without their cursors.',
      resolve: ({ edges }) => edges.map(({ node }) => node),
    }),
    pageInfo: t.field({ type: PageInfoType, description: 'Where the page ends.', resolve: (page) => page }),
  }),
});

builder.queryField('callbacks', (t) =>
  t.field({
    type: CallbackConnectionType,
    nullable: true,
    description: 'What providers sent to /notify, newest first. Needs refunds:operate.',
    args: {
      filter: t.arg({ type: CallbackFilterInput, description: 'Left out: those of every account of your token.' }),
      first: t.arg.int({ description: `How many rows: ${ROWS}. Left out: 20.` }),
      after: t.arg.string({ description: 'A cursor of this list. Left out: from the newest.' }),
    },
    complexity: ({ first }) => pageCost({ first: first ?? DEFAULT_ROWS }),
    resolve: (_root, { filter, first, after }, context) => {
      if (!context.caller.may('refunds:operate')) throw forbidden('The token lacks the scope refunds:operate.');
      const window = { first: first ?? DEFAULT_ROWS, after: after ?? null };
      return asPaging(() => readPage(readCallbackFilter(filter, context), window, context));
    },
  }),
);

const DEFAULT_ROWS = 20;

function readCallbackFilter(filter: typeof CallbackFilterInput.$inferInput | null | undefined, context: Context) {
  const { services, caller } = context;
  const named = filter?.accounts?.map((id) => requireAccount(id, 'filter.accounts', context).key);
  const visible = [...services.accounts.keys(), ...services.formerAccounts.keys()].filter((key) => caller.sees(key));
  const about = filter?.refund === null || filter?.refund === undefined ? null : readGlobalId(filter.refund);
  if (typeof filter?.refund === 'string' && about?.type !== 'Refund') {
    throw badInput('filter.refund: this is no id of a refund.', 'filter.refund');
  }
  const ref = about?.type === 'Refund' ? about.ref : null;
  return {
    accounts: (named ?? visible).filter((key) => ref === null || (key === ref.account && caller.sees(key))),
    states: filter?.states ?? null,
    refund: ref?.merchantRefundId ?? null,
    from: filter?.receivedAt?.gte ?? null,
    before: filter?.receivedAt?.lt ?? null,
  };
}

/** One row more than is shown tells whether there are more. */
async function readPage(
  which: ReturnType<typeof readCallbackFilter>,
  { first, after }: { readonly first: number; readonly after: string | null },
  { services }: Context,
) {
  const limit = readRows('first', first);
  const found = await services.callbacks({ ...which, after: placeIn(after), limit: limit + 1 });
  const beyond = { hasNextPage: found.length > limit, hasPreviousPage: after !== null };
  return pageOf(found.slice(0, limit), cursorOf, beyond);
}

/** A place is a time and an id, which its reader is shown anyway. */
const place = z.tuple([z.int().min(0).max(8_640_000_000_000_000), z.uuid()]);

const cursorOf = ({ receivedAt, id }: KeptCallback): string =>
  Buffer.from(JSON.stringify([receivedAt.getTime(), id])).toString('base64url');

function placeIn(cursor: string | null): Pick<KeptCallback, 'receivedAt' | 'id'> | null {
  if (cursor === null) return null;
  try {
    const [time, id] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { receivedAt: new Date(time), id };
  } catch {
    throw new PagingError('after', '"after" is no cursor of a list of callbacks.');
  }
}
