/** What is in the ledger and may be named in an argument. */
import { z } from 'zod';
import { post } from './measured.ts';

export interface Pool {
  readonly accounts: readonly string[];
  readonly ids: readonly string[];
  /** Well made, of refunds that nobody knows. */
  readonly unknownIds: readonly string[];
  readonly cursors: readonly string[];
  readonly eventCursors: readonly string[];
  /** Other texts, by the name of the argument. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

const answer = z.object({
  data: z.object({
    refunds: z.object({
      nodes: z.array(
        z.object({
          id: z.string(),
          merchantRefundId: z.string(),
          providerRefundId: z.string().nullable(),
          payment: z
            .object({ merchantPaymentId: z.string().nullable(), providerPaymentId: z.string().nullable() })
            .nullable(),
        }),
      ),
      pageInfo: z.object({ endCursor: z.string().nullable() }),
    }),
    refundEvents: z.object({ nodes: z.array(z.object({ cursor: z.string() })) }),
  }),
});
const QUERY = `{
  refunds(first: 100, read: LEDGER) { nodes { id merchantRefundId providerRefundId
    payment { merchantPaymentId providerPaymentId } } pageInfo { endCursor } }
  refundEvents(first: 5) { nodes { cursor } } }`;

/** Reads it. */
export async function readPool(url: string): Promise<Pool> {
  const response = await post(url, QUERY);
  const { refunds, refundEvents } = answer.parse(await response.json()).data;
  const { nodes, pageInfo } = refunds;
  const texts = (of: (row: (typeof nodes)[number]) => string | null | undefined): readonly string[] =>
    nodes.flatMap((row) => of(row) ?? []);
  return {
    accounts: ['library', 'blue', 'chain'],
    ids: nodes.map(({ id }) => id),
    unknownIds: Array.from({ length: 250 }, (_, nth) =>
      Buffer.from(`Refund:${['library', 'blue', 'chain'][nth % 3]}:UNKNOWN${nth}`).toString('base64url'),
    ),
    cursors: [pageInfo.endCursor ?? ''],
    eventCursors: refundEvents.nodes.map(({ cursor }) => cursor),
    texts: {
      merchantRefundId: texts(({ merchantRefundId }) => merchantRefundId),
      providerRefundId: texts(({ providerRefundId }) => providerRefundId),
      merchantPaymentId: texts(({ payment }) => payment?.merchantPaymentId),
      providerPaymentId: texts(({ payment }) => payment?.providerPaymentId),
      search: ['CHAIN', '1'],
    },
  };
}
