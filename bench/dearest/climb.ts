/** Looks for the dearest operation that is answered: by chance, and then uphill. */
import { schema } from '../../src/graphql/schema.ts';
import { between, type Random } from '../../src/sandbox/random.ts';
import { streamOf } from '../chaos/chance.ts';
import { changed, doubled, grow, textOf, wishOf, type ValueOf, type Wish } from './documents.ts';
import type { Answered, Measured } from './measured.ts';
import { readPool, type Pool } from './pool.ts';
import { startsFrom } from './starts.ts';

export interface Found {
  readonly text: string;
  readonly cpuMs: number;
  readonly heldMs: number;
  readonly tookMs: number;
  readonly bytes: number;
}

export interface Search {
  readonly tried: number;
  readonly refused: number;
  /** Answers of status 500 and over. */
  readonly defects: readonly string[];
  /** The dearest by processor time, and by how long they held the loop. */
  readonly byCpu: Found;
  readonly byHeld: Found;
}

/** What is climbed for, in turn. */
const GOALS = ['cpuMs', 'heldMs'] as const;
type Goal = (typeof GOALS)[number];
/** Where a climb begins anew when it has got no higher for so many tries. */
const PATIENCE = 12;
/** Runs of one that would be the dearest so far: chance, or what else the machine does, is not its cost. */
const RUNS = 3;
/** The finalists are measured so often; the middle one counts. */
const AGAIN = 7;

/** Climbs until the time is over. The same seed tries the same, as far as the figures agree. */
export async function climb(
  server: Measured,
  { seed, seconds, say }: { readonly seed: number; readonly seconds: number; readonly say: (line: string) => void },
): Promise<Search> {
  const random = streamOf(seed, 'climb');
  const pool = await readPool(server.url);
  const growing = { schema, random, valueOf: valuesFrom(pool) };
  const roots = [...rootsOf('query'), ...rootsOf('mutation')];
  const until = performance.now() + seconds * 1_000;
  let [tried, refused] = [0, 0];
  const defects: string[] = [];
  const best = new Map<Goal, { readonly text: string; readonly most: number }>();

  /** What it costs; 0: it is refused. Of what would be the dearest the least of several runs counts. */
  async function scoreOf(wish: Wish, goal: Goal): Promise<number> {
    const text = textOf(wish);
    const answered = await askOnce(text);
    if (answered === null) return 0;
    for (const each of GOALS) {
      const before = best.get(each)?.most ?? 0;
      let most = answered[each];
      for (let run = 1; run < RUNS && most > before; run += 1)
        most = Math.min(most, (await askOnce(text))?.[each] ?? 0);
      if (most <= before) continue;
      best.set(each, { text, most });
      say(`${each} ${most.toFixed(0)} after ${tried} tries: ${text.slice(0, 160)}`);
    }
    return answered[goal];
  }

  async function askOnce(text: string): Promise<Answered | null> {
    tried += 1;
    const answered = await server.ask(freshened(text, tried));
    if (answered.status >= 500) defects.push(`${answered.status} ${answered.text.slice(0, 200)} after ${text}`);
    if (!isRefused(answered)) return answered;
    refused += 1;
    return null;
  }

  /** As much of one field as passes. */
  async function filled(first: Wish, goal: Goal): Promise<readonly [Wish, number]> {
    let [wish, score] = [first, await scoreOf(first, goal)];
    for (let more = doubled(wish); score > 0; more = doubled(wish)) {
      const reached = await scoreOf(more, goal);
      if (reached === 0) break;
      [wish, score] = [more, reached];
    }
    return [wish, score];
  }

  const known: [Wish, number][] = [];
  for (const [name, text] of Object.entries(startsFrom(pool))) {
    // The first run warms what the others use, too.
    const runs = [await askOnce(text), await askOnce(text), await askOnce(text)].filter((run) => run !== null);
    const cpuMs = Math.min(...runs.map((run) => run.cpuMs));
    const heldMs = Math.min(...runs.map((run) => run.heldMs));
    const [refusal] = runs.length === 0 ? [await server.ask(text)] : [];
    say(
      refusal !== undefined
        ? `${name}: ${refusal.text.slice(0, 120)}`
        : `${name}: ${cpuMs.toFixed(0)} ms, ${heldMs.toFixed(0)} ms at once`,
    );
    if (runs.length === 0) continue;
    const wish = wishOf(schema, text);
    known.push([wish, cpuMs]);
    await scoreOf(wish, 'cpuMs');
  }
  const dear = known.toSorted(([, one], [, other]) => other - one).map(([wish]) => wish);
  for (let start = 0; performance.now() < until; start += 1) {
    const goal = GOALS[start % GOALS.length] ?? 'cpuMs';
    const root = roots[Math.floor(start / 2) % roots.length];
    const begin = start % 2 === 0 ? dear[(start / 2) % dear.length] : undefined;
    const first = begin ?? grow(growing, root?.operation ?? 'query', root?.field);
    let [wish, score] = await filled(first, goal);
    for (let waited = 0; waited < PATIENCE && performance.now() < until; waited += 1) {
      const next = changed(growing, wish);
      const reached = await scoreOf(next, goal);
      if (reached <= score) continue;
      [wish, score, waited] = [next, reached, 0];
    }
  }
  return {
    tried,
    refused,
    defects,
    byCpu: await again(server, best.get('cpuMs')?.text ?? '{ __typename }', 'cpuMs'),
    byHeld: await again(server, best.get('heldMs')?.text ?? '{ __typename }', 'heldMs'),
  };
}

/** Measures one operation several times; the middle one counts. */
async function again(server: Measured, text: string, goal: Goal): Promise<Found> {
  const runs: Answered[] = [];
  for (let nth = 0; nth < AGAIN; nth += 1) runs.push(await server.ask(freshened(text, `again${nth}`)));
  const middle = runs.toSorted((one, other) => one[goal] - other[goal])[Math.floor(AGAIN / 2)];
  const { cpuMs = 0, heldMs = 0, tookMs = 0, text: answer = '' } = middle ?? {};
  return { text, cpuMs, heldMs, tookMs, bytes: answer.length };
}

/** Accounts whose providers are asked about any id that is ours. */
const QUERIED = ['library', 'blue'];

/** Each refund that a mutation asks for is a new one, and what is unknown was never asked about before. */
export function freshened(text: string, round: number | string): string {
  let nth = 0;
  const next = (): string => `${round}x${(nth += 1)}`;
  return text
    .replaceAll('@new@', () => `dear-${next()}`)
    .replaceAll('@unknown@', () => Buffer.from(`Refund:${QUERIED[nth % 2]}:NEW${next()}`).toString('base64url'));
}

/** Refused whole: nothing of it was run. */
const isRefused = ({ text }: Answered): boolean => text.startsWith('{"errors"') && !text.includes('"data"');

function rootsOf(
  operation: Wish['operation'],
): readonly { readonly operation: Wish['operation']; readonly field: string }[] {
  const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.keys(type?.getFields() ?? {}).map((field) => ({ operation, field }));
}

/** What stands in arguments: as dear as it may be, most of the time. */
const valuesFrom =
  (pool: Pool): ValueOf =>
  (type, path, random) => {
    const name = path.split('.').at(-1) ?? '';
    if (name === 'idempotencyKey') return '"@new@"';
    if (name === 'first' || name === 'last') return random() < 0.6 ? '100' : String(between(random, 1, 100));
    if (name === 'account' || name === 'accounts') return text(pool.accounts, random);
    if (name === 'id' || name === 'ids' || name === 'refund')
      return text(random() < 0.8 ? pool.ids : pool.unknownIds, random);
    if (type === 'EventCursor') return text(pool.eventCursors, random);
    if (name === 'after' || name === 'before') return text(pool.cursors, random);
    if (type === 'DateTime') return `"20${between(random, 20, 29)}-0${between(random, 1, 9)}-01T00:00:00Z"`;
    if (type === 'Decimal') return `"${between(random, 1, 9)}.00"`;
    if (type === 'CurrencyCode') return random() < 0.5 ? '"CNY"' : '"THB"';
    if (type === 'Boolean') return random() < 0.5 ? 'true' : 'false';
    if (type === 'Int') return String(between(random, 0, 100));
    return text(pool.texts[name] ?? ['x'], random);
  };

const text = (from: readonly string[], random: Random): string =>
  JSON.stringify(from[between(random, 0, from.length - 1)] ?? 'x');
