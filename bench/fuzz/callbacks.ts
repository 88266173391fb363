/** Callbacks with hostile content, signed as the providers sign theirs. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { openBook } from '../../src/sandbox/book.ts';
import { PROVIDERS, type Payment, type ProviderName, type Refund } from '../../src/sandbox/model.ts';
import { openProviders } from '../../src/sandbox/providers.ts';
import type { Random } from '../../src/sandbox/random.ts';
import type { CallbackMessage, World } from '../../src/sandbox/simulation.ts';
import { pick, TEXTS } from './pieces.ts';

export interface SignedCallback extends CallbackMessage {
  readonly account: string;
}

const state = z.object({ keys: z.record(z.string(), z.unknown()) });
const VALUES = [
  '1',
  '-1',
  '1e400',
  '12.345678901234',
  'true',
  'null',
  '[]',
  '{}',
  '"SUCCESS"',
  '"2"',
  '"COMPLETED"',
] as const;

/** A signer with the keys of the sandbox that keeps its state in this file. */
export async function openSigner(stateFile: string): Promise<(random: Random) => SignedCallback> {
  const { keys } = state.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
  const providers = await openProviders(keys);
  return (random) => {
    const provider = pick(random, PROVIDERS, 'TIPAY');
    const simulation = providers[provider].simulate(worldOf(random));
    const [refund, payment] = rowsOf(random, provider);
    const content = simulation.callbackContent(refund, payment) ?? '{}';
    const account = providers[provider].account('http://127.0.0.1:9').key;
    try {
      return { account, ...simulation.envelope(bent(random, content)) };
    } catch {
      // A provider can sign only what is in its form.
      return { account, ...simulation.envelope(content) };
    }
  };
}

/** Some of its members otherwise, doubled, too many or too deep. */
function bent(random: Random, content: string): string {
  const members = Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(content)));
  const written = members.map(([name, value]) => {
    const literal = random() < 0.15 ? literalOf(random) : JSON.stringify(value);
    return `${JSON.stringify(name)}:${literal}`;
  });
  const more = random() < 0.3 ? [`${JSON.stringify(pick(random, TEXTS, ''))}:${literalOf(random)}`] : [];
  const twice = random() < 0.1 ? written.slice(0, 1) : [];
  return `{${[...written, ...more, ...twice].join(',')}}`;
}

function literalOf(random: Random): string {
  if (random() < 0.5) return JSON.stringify(pick(random, TEXTS, ''));
  const levels = pick(random, [10, 70, 2_000], 10);
  return random() < 0.2 ? `${'['.repeat(levels)}${']'.repeat(levels)}` : pick(random, VALUES, '1');
}

/** Of one of a hundred refunds, so that they are told of again and again, or of one with a hostile id. */
function rowsOf(random: Random, provider: ProviderName): readonly [Refund, Payment] {
  const nth = Math.floor(random() * 100);
  const idOf = (prefix: string): string => (random() < 0.1 ? pick(random, TEXTS, '') : `${prefix}${nth}`);
  const providerPaymentId = idOf('PAY');
  const refund: Refund = {
    provider,
    merchantRefundId: idOf('FUZZ'),
    providerRefundId: idOf('THEIRS'),
    providerPaymentId,
    amount: BigInt(Math.floor(random() * 10_000)),
    fee: 0n,
    reason: random() < 0.3 ? pick(random, TEXTS, '') : '',
    status: pick(random, ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED'], 'PROCESSING'),
    word: random() < 0.1 ? pick(random, TEXTS, '') : null,
    createdAt: Date.UTC(2026, 4, 1),
    completedAt: random() < 0.5 ? Date.UTC(2026, 4, 2) : null,
    failure: null,
    notifyUrl: null,
    submissions: 1,
    plan: [],
    extra: {},
  };
  return [
    refund,
    { provider, providerPaymentId, merchantPaymentId: idOf('ORDER'), amount: 1_000_000n, paidAt: null, obstacle: null },
  ];
}

const worldOf = (random: Random): World => ({
  book: openBook({ payments: [], refunds: [], letters: [], executed: {}, serial: 0 }),
  now: Date.now,
  random,
  quirks: new Set(),
  newRefundId: () => 'NONE',
  accept: () => Promise.resolve(),
});
