/** Signed callbacks that finish refunds which the ledger knows: beside a handler that keeps the body. */
import { v7 } from 'uuid';
import { openLedger } from '../../src/ledger/database/database.ts';
import { recordOurs } from '../../test/support/storm.ts';
import { Servers, type Bench, type Row } from './bench.ts';
import { load, type Request } from './load.ts';
import type { Database } from './postgres.ts';
import type { Product } from './product.ts';
import { interleaved, type Contestant } from './rounds.ts';
import { counted } from './statements.ts';

export const callbacksAtOnce = (bench: Bench): Promise<readonly Row[]> =>
  callbacks(bench, { atOnce: 32, inRound: Math.round(400 * bench.rounds.seconds) });
export const callbacksOneByOne = (bench: Bench): Promise<readonly Row[]> =>
  callbacks(bench, { atOnce: 1, inRound: Math.round(120 * bench.rounds.seconds) });

const COUNTED = 40;

async function callbacks(
  bench: Bench,
  { atOnce, inRound }: { readonly atOnce: number; readonly inRound: number },
): Promise<readonly Row[]> {
  await using servers = new Servers(bench);
  const bare = await servers.bare();
  const product = await servers.product('postgres');
  const letters = await lettersFor(product, (bench.rounds.rounds + 1) * inRound + bench.rounds.warmAnswers);
  const isRight = (body: string): boolean => body === 'SUCCESS';
  const run =
    (url: string): Contestant['run'] =>
    () => {
      let left = inRound;
      const next = (): Request | null => ((left -= 1) < 0 ? null : letters());
      return load({ url, seconds: 600, connections: atOnce, isRight, next });
    };
  // The bare handler takes whatever it is sent.
  const same = letterOf(product, 'S0');
  const bareRun: Contestant['run'] = () => {
    let left = inRound;
    const next = (): Request | null => ((left -= 1) < 0 ? null : same);
    return load({ url: bare.url, seconds: 600, connections: atOnce, isRight, next });
  };
  const rows = await interleaved(
    [
      { name: 'bare', pid: bare.pid, databaseCpu: bare.database.cpu, run: bareRun },
      {
        name: 'product, PostgreSQL',
        pid: product.pid,
        ...(product.database !== null && { databaseCpu: product.database.cpu }),
        run: run(product.url),
      },
    ],
    bench.rounds,
  );
  if (atOnce > 1) return rows;
  const watched = await servers.counted();
  const more = await lettersFor(watched, COUNTED);
  const note = await counted(watched.counter, COUNTED, async () => {
    const one = more();
    if (one === null) throw new Error('too few callbacks were made');
    await load({ url: watched.url, seconds: 600, connections: 1, isRight, next: (_, nth) => (nth === 0 ? one : null) });
  });
  return rows.map((row) => (row.name === 'bare' ? row : { ...row, note }));
}

function letterOf({ notifier }: Product, refund: string): Request {
  const notice = notifier.write('library', { refund, status: 'SUCCEEDED' });
  if (notice === null) throw new Error('Shoutu sends a notice of every end');
  const { contentType, body } = notice;
  return { method: 'POST', path: '/notify/library', headers: { 'content-type': contentType }, body };
}

/** Makes so many refunds known, and writes what ends each of them. */
async function lettersFor(
  product: Product & { readonly database: Database | null },
  count: number,
): Promise<() => Request | null> {
  if (product.database === null) throw new Error('only PostgreSQL can be written from outside');
  const lives = Array.from({ length: count }, (_, nth) => ({
    account: 'library' as const,
    refund: `S${nth}`,
    end: 'SUCCEEDED' as const,
    isOurs: true,
  }));
  const ledger = await openLedger(
    { databaseUrl: product.database.url },
    { clock: () => new Date(), newId: () => v7() },
  );
  try {
    await recordOurs(ledger, { lives, letters: [], deliveries: [] });
  } finally {
    await ledger.close();
  }
  await product.database.query('analyze');
  const letters = lives.map(({ refund }) => letterOf(product, refund));
  return () => letters.pop() ?? null;
}
