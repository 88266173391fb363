/** What is in the ledger and may be named in an argument. */
import { z } from 'zod';
import { post } from './measured.ts';

export interface Pool {
  readonly accounts: readonly string[];
  readonly ids: readonly string[];
  /** Stands for an id of a refund that nobody knows, another one each time that it is sent. */
  readonly unknownIds: readonly string[];
  readonly cursors: readonly string[];
  /** Of the account `library`, by the provider's id, with enough left for many small refunds. */
  readonly payments: readonly string[];
  readonly eventCursors: readonly string[];
  /** Other texts, by the name of the argument. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** What must be left of a payment, in major units. */
const ENOUGH = 5;

const answer = z.object({
  data: z.object({
    refunds: z.object({
      nodes: z.array(
        z.object({
          id: z.string(),
          merchantRefundId: z.string(),
          account: z.object({ key: z.string() }),
          providerRefundId: z.string().nullable(),
          payment: z
            .object({
              merchantPaymentId: z.string().nullable(),
              providerPaymentId: z.string().nullable(),
              refundable: z.object({ amount: z.string() }).nullable(),
            })
            .nullable(),
        }),
      ),
      pageInfo: z.object({ endCursor: z.string().nullable() }),
    }),
    refundEvents: z.object({ nodes: z.array(z.object({ cursor: z.string() })) }),
  }),
});
const QUERY = `{
  refunds(first: 100, read: LEDGER) { nodes { id merchantRefundId providerRefundId account { key }
    payment { merchantPaymentId providerPaymentId refundable { amount } } } pageInfo { endCursor } }
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
    unknownIds: ['@unknown@'],
    payments: nodes.flatMap(({ account, payment }) =>
      account.key === 'library' && Number(payment?.refundable?.amount ?? 0) > ENOUGH
        ? (payment?.providerPaymentId ?? [])
        : [],
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
