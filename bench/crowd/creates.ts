/** How long `createRefund` takes, with nobody else there and among readers. */
import { setTimeout as pause } from 'node:timers/promises';
import { freshened } from '../dearest/climb.ts';
import { post, type Measured } from '../dearest/measured.ts';
import { readPool } from '../dearest/pool.ts';
import { startsFrom } from '../dearest/starts.ts';

interface Times {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One client makes refunds, one after the other. */
const PAUSE_MS = 30;

/** Makes refunds in turns: calm, then among readers who ask all that is dear as often as they can. */
export async function timeCreates(
  server: Measured,
  options: { readonly readers: number; readonly refunds: number; readonly turns: number },
): Promise<{ readonly calm: Times; readonly crowded: Times; readonly answers: number }> {
  const pool = await readPool(server.url);
  const { 'ten refunds': _mutation, ...queries } = startsFrom(pool);
  const dear = Object.values(queries);
  const took = { calm: [] as number[], crowded: [] as number[] };
  let answers = 0;

  async function make(into: number[], turn: string): Promise<void> {
    for (let nth = 0; nth < options.refunds; nth += 1) {
      const at = performance.now();
      const response = await post(
        server.url,
        createOf(pool.payments[nth % pool.payments.length] ?? '', `crowd-${turn}-${nth}`),
      );
      const text = await response.text();
      if (!text.includes('CreateRefundSuccess')) throw new Error(`a refund failed: ${text.slice(0, 300)}`);
      into.push(performance.now() - at);
      await pause(PAUSE_MS);
    }
  }

  async function read(reader: number, until: AbortSignal): Promise<void> {
    for (let nth = reader; !until.aborted; nth += 1) {
      const response = await post(server.url, freshened(dear[nth % dear.length] ?? '', `r${reader}n${nth}`));
      await response.text();
      answers += 1;
    }
  }

  await make([], 'warm');
  for (let turn = 0; turn < options.turns; turn += 1) {
    await make(took.calm, `calm${turn}`);
    const over = new AbortController();
    const reading = Array.from({ length: options.readers }, (_, reader) => read(reader, over.signal));
    await make(took.crowded, `crowded${turn}`);
    over.abort();
    await Promise.all(reading);
  }
  return { calm: timesOf(took.calm), crowded: timesOf(took.crowded), answers };
}

const createOf = (payment: string, key: string): string =>
  `mutation { createRefund(input: { account: "library", idempotencyKey: "${key}", providerPaymentId: "${payment}", amount: { amount: "0.01", currency: "CNY" } }) { __typename ... on Error { message } } }`;

function timesOf(took: readonly number[]): Times {
  const sorted = took.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
