/**
 * Reads that ask no provider: a page, and a refund by its id. The product learns the rows from the provider
 * before.
 */
import { z } from 'zod';
import { answerTo, asked, Servers, type Bench, type Questions, type Row } from './bench.ts';
import type { Request } from './load.ts';
import type { Process } from './processes.ts';
import { isOne, isPage, oneQuestion, pageQuestion, repeating, walking } from './questions.ts';
import { PAGE, ROWS } from './records.ts';
import { interleaved, type Contestant } from './rounds.ts';

const page = z.object({
  data: z.object({
    refunds: z.object({
      nodes: z.array(z.object({ id: z.string(), merchantRefundId: z.string() })),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
});

interface Walked {
  readonly refunds: readonly { readonly id: string; readonly merchantRefundId: string }[];
  /** Null first: the page without a cursor. */
  readonly cursors: readonly (string | null)[];
}

/** Walks the whole list of the first account. */
async function walk(server: Process, read: 'PROVIDER' | 'LEDGER'): Promise<Walked> {
  const refunds: Walked['refunds'][number][] = [];
  const cursors: (string | null)[] = [null];
  for (;;) {
    const { nodes, pageInfo } = page.parse(await answerTo(server, pageQuestion(0, read, cursors.at(-1)))).data.refunds;
    refunds.push(...nodes);
    if (!pageInfo.hasNextPage) return { refunds, cursors };
    cursors.push(pageInfo.endCursor);
  }
}

const CONNECTIONS = 16;

/** The same reading by all. `questionsOf` is given what the product knows. */
async function compare(
  bench: Bench,
  bareQuestions: Questions,
  questionsOf: (walked: Walked) => Questions,
): Promise<readonly Row[]> {
  await using servers = new Servers(bench);
  const contestants: Contestant[] = [asked(bench, 'bare', await servers.bare(), bareQuestions)];
  for (const kind of ['postgres', 'embedded'] as const) {
    if (kind === 'embedded' && !bench.embedded) continue;
    const product = await servers.product(kind);
    await walk(product, 'PROVIDER');
    // As autovacuum would, some time later.
    await product.database?.query('analyze');
    const known = await walk(product, 'LEDGER');
    contestants.push(
      asked(bench, `product, ${kind === 'postgres' ? 'PostgreSQL' : kind}`, product, questionsOf(known)),
    );
  }
  return await interleaved(contestants, bench.rounds);
}

const get = (path: string): Request => ({ method: 'GET', path });

export const ledgerList = (bench: Bench): Promise<readonly Row[]> =>
  compare(bench, { connections: CONNECTIONS, isRight: isPage, next: repeating([get('/stored/0/0')]) }, () => ({
    connections: CONNECTIONS,
    isRight: isPage,
    next: repeating([pageQuestion(0, 'LEDGER')]),
  }));

export const ledgerWalk = (bench: Bench): Promise<readonly Row[]> =>
  compare(
    bench,
    {
      connections: CONNECTIONS,
      isRight: isPage,
      next: walking(Array.from({ length: ROWS / PAGE }, (_, nth) => get(`/stored/0/${nth * PAGE}`))),
    },
    ({ cursors }) => ({
      connections: CONNECTIONS,
      isRight: isPage,
      next: walking(cursors.map((after) => pageQuestion(0, 'LEDGER', after))),
    }),
  );

export const ledgerOne = (bench: Bench): Promise<readonly Row[]> =>
  compare(
    bench,
    {
      connections: CONNECTIONS,
      isRight: isOne,
      next: walking(Array.from({ length: ROWS }, (_, nth) => get(`/one/R2026103100${String(nth).padStart(9, '0')}`))),
    },
    ({ refunds }) => ({
      connections: CONNECTIONS,
      isRight: isOne,
      next: walking(refunds.map(({ id }) => oneQuestion(id))),
    }),
  );
