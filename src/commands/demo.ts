/**
 * `npm run demo`: makes a refund on the running server of `npm start` and prints each event until it ends.
 * The argument is another address than http://localhost:4000: `npm run demo -- http://localhost:4100`.
 */
import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { request } from 'undici';
import { z } from 'zod';

/** Ids of the built-in sandbox: an account of TiPay, and a payment of 10,000.00. */
const INPUT = {
  account: 'chain',
  merchantPaymentId: 'ORDERDEMO1',
  amount: { amount: '12.92', currency: 'CNY' },
};
const CREATE = `mutation Demo($input: CreateRefundInput!) {
  createRefund(input: $input) {
    __typename
    ... on CreateRefundSuccess { refund { id merchantRefundId amount { amount currency } } }
    ... on Error { message }
  }
}`;
const FOLLOW = `subscription Demo($id: ID!) {
  refundUpdated(id: $id) { previousStatus status via }
}`;
const ENDS: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED']);

const errors = z.array(z.object({ message: z.string() })).optional();
const created = z.object({
  errors,
  data: z
    .object({
      createRefund: z.object({
        __typename: z.string(),
        message: z.string().optional(),
        refund: z
          .object({
            id: z.string(),
            merchantRefundId: z.string(),
            amount: z.object({ amount: z.string(), currency: z.string() }),
          })
          .optional(),
      }),
    })
    .nullish(),
});
const event = z.object({
  errors,
  data: z
    .object({
      refundUpdated: z.object({ previousStatus: z.string().nullable(), status: z.string(), via: z.string() }),
    })
    .nullish(),
});

/** What stops the demo, as a sentence for the user. */
class DemoError extends Error {}

async function makeRefund(url: string) {
  const variables = { input: { ...INPUT, idempotencyKey: randomUUID() } };
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const { body } = await request(url, { method: 'POST', headers, body: JSON.stringify({ query: CREATE, variables }) });
  const answer = created.parse(await body.json());
  const result = answer.data?.createRefund;
  if (result?.refund !== undefined) return result.refund;
  const message = result?.message ?? answer.errors?.[0]?.message ?? 'The server gave no reason.';
  throw new DemoError(`No refund was made: ${message} The demo uses the account and the payment of the sandbox.`);
}

async function demo(url: string): Promise<void> {
  const { id, merchantRefundId, amount } = await makeRefund(url);
  process.stdout.write(`${merchantRefundId}: a refund of ${amount.amount} ${amount.currency} is made\n`);
  const client = createClient({ url: url.replace('http', 'ws'), retryAttempts: 0 });
  for await (const result of client.iterate({ query: FOLLOW, variables: { id } })) {
    const { data, errors: problems } = event.parse(result);
    if (!data) throw new DemoError(problems?.[0]?.message ?? 'The server sent no event.');
    const { previousStatus, status, via } = data.refundUpdated;
    process.stdout.write(`${previousStatus === null ? '' : `${previousStatus} -> `}${status} (via ${via})\n`);
    if (ENDS.has(status)) return;
  }
  throw new DemoError('The server ended the subscription before the refund had ended.');
}

const [address = 'http://localhost:4000'] = process.argv.slice(2);
try {
  await demo(new URL('/graphql', address).href);
  process.exit(0);
} catch (error) {
  const refused = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  if (!refused && !(error instanceof DemoError)) throw error;
  const sentence = refused
    ? `Nothing answers at ${address}: run "npm start" in another terminal first.`
    : error.message;
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
