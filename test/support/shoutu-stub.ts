/** A gateway of Shoutu's kind on loopback: its list is an array, and each create does what it is told. */
import { z } from 'zod';
import { answer, json, startStub, type Step, type StubServer } from './stub-server.ts';

/** A row as it goes over the wire; broken ones may be anything. */
export type WireRow = unknown;

export interface ShoutuStub {
  readonly url: string;
  readonly requests: StubServer['requests'];
  /** Newest first. */
  rows: readonly WireRow[];
  /** Orders the rows for one page, as a database does that is asked for no total order. */
  orderedFor: (
    rows: readonly WireRow[],
    ask: { page: number; size: number; fields: readonly string[] },
  ) => readonly WireRow[];
  /** What a create is answered with. */
  create: Step;
  /** While true its list fails. */
  isDown: boolean;
  readonly close: () => Promise<void>;
}

const asked = z.object({
  queryPage: z.object({
    orders: z.array(z.object({ fieldName: z.string(), order: z.string() })),
    page: z.number(),
    size: z.number(),
    queries: z.array(z.object({ field: z.string(), value: z.string() })),
  }),
});

const LISTED = ['mchRefundNo', 'channelOrderNo', 'channelPayOrderNo', 'refundState'];

/** A whole row; `nth` 0 is the newest, a second between two. */
export const wireRow = (nth: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  channelOrderNo: `CH${nth}`,
  mchRefundNo: `R${String(nth).padStart(4, '0')}`,
  channelPayOrderNo: `PAY${nth}`,
  mchNo: 'M1',
  appId: 'Aleph001',
  payAmount: '5000',
  refundAmount: '1000',
  refundState: '2',
  createdTime: new Date(Date.UTC(2024, 6, 31, 12) - nth * 1000).toISOString().slice(0, 19).replace('T', ' '),
  ...more,
});

/** Starts one on a free port. */
export async function startShoutuStub(): Promise<ShoutuStub> {
  const stub = await startStub();
  const gateway: ShoutuStub = {
    url: stub.url,
    requests: stub.requests,
    rows: [],
    orderedFor: (rows) => rows,
    create: json({ code: '9999', msg: 'no' }),
    isDown: false,
    close: stub.close,
  };
  stub.always((response, request, socket) => {
    if (!request.path.endsWith('/querylist')) return gateway.create(response, request, socket);
    if (gateway.isDown) return answer(503)(response, request, socket);
    const { orders, page, size, queries } = asked.parse(JSON.parse(request.body)).queryPage;
    const wanted = queries.filter(({ field }) => LISTED.includes(field));
    const matching = gateway.rows.filter((row) => {
      const members = typeof row === 'object' && row !== null ? Object.entries(row) : [];
      return wanted.every(({ field, value }) => members.some(([name, has]) => name === field && has === value));
    });
    const [first] = orders;
    const newestFirst = gateway.orderedFor(matching, { page, size, fields: orders.map(({ fieldName }) => fieldName) });
    const inOrder = first?.order === '0' ? newestFirst : newestFirst.toReversed();
    const records = inOrder.slice((page - 1) * size, page * size);
    const data = { records, total: String(matching.length), current: String(page), size: String(size) };
    return json({ code: '0', msg: 'ok', data })(response, request, socket);
  });
  return gateway;
}
