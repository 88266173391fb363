/**
 * One interleaved run: every server in every round, in another order each time, so that all share the noise.
 */
import { within, type Load } from './load.ts';
import { cpuOf } from './processes.ts';

export interface Contestant {
  readonly name: string;
  readonly pid: number;
  /** Processor time of PostgreSQL's backends so far; left out where there are none. */
  readonly databaseCpu?: () => Promise<number>;
  /** Works for so many seconds. */
  readonly run: (seconds: number) => Promise<Load>;
}

export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  /** Answers before the first round: what is compiled when it has run often is compiled then. */
  readonly warmAnswers: number;
}

/** What one server did in one round; microseconds of processor time for each answer. */
interface Round {
  readonly cpu: number;
  readonly databaseCpu: number | null;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Standing {
  readonly name: string;
  readonly cpu: Spread;
  /** Of each round, by the first server of the same round. */
  readonly ratio: Spread;
  readonly databaseCpu: Spread | null;
  readonly databaseRatio: Spread | null;
  readonly rate: Spread;
  readonly rateRatio: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

async function measure({ pid, databaseCpu, run }: Contestant, seconds: number): Promise<Round> {
  const [before, databaseBefore] = [cpuOf(pid), await databaseCpu?.()];
  const done = await run(seconds);
  const [after, databaseAfter] = [cpuOf(pid), await databaseCpu?.()];
  const used = databaseBefore === undefined || databaseAfter === undefined ? null : databaseAfter - databaseBefore;
  return {
    cpu: (after - before) / done.answered,
    databaseCpu: used === null ? null : used / done.answered,
    rate: done.answered / done.seconds,
    p50: within(done, 0.5),
    p99: within(done, 0.99),
  };
}

/** Longest time for it, in seconds. */
const WARM_SECONDS = 40;

async function warm({ run }: Contestant, answers: number): Promise<void> {
  let answered = 0;
  for (let second = 0; answered < answers && second < WARM_SECONDS; second += 1) answered += (await run(1)).answered;
}

/** Runs all; the first is what the others are compared with. */
export async function interleaved(
  contestants: readonly Contestant[],
  { rounds, seconds, warmAnswers }: Rounds,
): Promise<readonly Standing[]> {
  for (const contestant of contestants) await warm(contestant, warmAnswers);
  const seen = contestants.map((): Round[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < contestants.length; step += 1) {
      const nth = (step + round) % contestants.length;
      const contestant = contestants[nth];
      if (contestant !== undefined) seen[nth]?.push(await measure(contestant, seconds));
    }
  }
  const [first = []] = seen;
  return contestants.map(({ name }, nth) => standingOf(name, seen[nth] ?? [], first));
}

function standingOf(name: string, own: readonly Round[], first: readonly Round[]): Standing {
  const over = (value: (round: Round) => number | null): Spread | null => {
    const values = own.map(value).filter((one) => one !== null);
    return values.length === 0 ? null : spreadOf(values);
  };
  const ratio = (value: (round: Round) => number | null): Spread | null => {
    const ratios = own.flatMap((round, nth) => {
      const [mine, theirs] = [value(round), first[nth] === undefined ? null : value(first[nth])];
      return mine === null || theirs === null || theirs === 0 ? [] : [mine / theirs];
    });
    return ratios.length === 0 ? null : spreadOf(ratios);
  };
  const needed = (spread: Spread | null): Spread => spread ?? spreadOf([]);
  return {
    name,
    cpu: needed(over(({ cpu }) => cpu)),
    ratio: needed(ratio(({ cpu }) => cpu)),
    databaseCpu: over(({ databaseCpu }) => databaseCpu),
    databaseRatio: ratio(({ databaseCpu }) => databaseCpu),
    rate: needed(over(({ rate }) => rate)),
    rateRatio: needed(ratio(({ rate }) => rate)),
    p50: needed(over(({ p50 }) => p50)),
    p99: needed(over(({ p99 }) => p99)),
  };
}
