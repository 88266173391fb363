/** What a run came to, in numbers. */
import type { Evidence } from './judge.ts';
import type { DatabaseKind } from './place.ts';
import type { Kill } from './records.ts';

export interface Figures {
  readonly database: DatabaseKind;
  readonly kills: number;
  /** By what the instance was in the middle of. */
  readonly killsAt: Readonly<Record<string, number>>;
  /** Times that an instance stood still, and that connections to the database were broken. */
  readonly freezes: number;
  readonly cuts: number;
  readonly keys: number;
  readonly calls: number;
  readonly unanswered: number;
  /** Creates that came to the providers, and those that were executed. */
  readonly arrived: number;
  readonly executed: number;
  readonly notices: number;
  /** Refunds whose sender was killed before it wrote down what came of the send. */
  readonly cutShort: number;
  /** Refunds of which a send brought no answer, or none of use. */
  readonly unheard: number;
  /** Sends that were made again because the first was not there. */
  readonly repeated: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** What sends brought. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Why refunds failed. */
  readonly failures: Readonly<Record<string, number>>;
  /** What clients were answered. */
  readonly answers: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** From the last kill until no refund was unfinished. */
  readonly settledAfter: number;
  /** Seconds from the provider's end of a refund to the ledger's: the middle one, 19 of 20, the last. */
  readonly behind: readonly [number, number, number];
}

/** A run that is over. Instants are epoch ms. */
export interface Run {
  readonly database: DatabaseKind;
  readonly evidence: Evidence;
  readonly kills: readonly Kill[];
  readonly freezes: readonly Kill[];
  readonly began: number;
  readonly quietFrom: number;
  readonly settledAt: number;
}

export function figuresOf({ database, evidence, kills, freezes, began, quietFrom, settledAt }: Run): Figures {
  const { plans, calls, arrivals, executions, notices, refunds } = evidence;
  const sends = refunds.map((refund) => refund.sends);
  return {
    database,
    kills: kills.length,
    killsAt: tally(kills.map(({ moment }) => moment)),
    freezes: freezes.length / 2,
    cuts: evidence.cuts.length,
    keys: plans.length,
    calls: calls.length,
    unanswered: calls.filter(({ answer }) => answer === null).length,
    arrived: arrivals.length,
    executed: executions.length,
    notices: notices.length,
    cutShort: sends.filter((all) => all.some(({ outcome }) => outcome === null)).length,
    unheard: sends.filter((all) => all.some(({ outcome }) => outcome === 'unknown')).length,
    repeated: sends.flat().filter(({ kind }) => kind === 'REPEAT').length,
    byStatus: tally(refunds.map(({ status }) => status)),
    outcomes: tally(sends.flat().map(({ outcome }) => outcome ?? 'cut short')),
    failures: tally(refunds.flatMap(({ failure }) => failure ?? [])),
    answers: tally(calls.map(({ verb, answer }) => `${verb}: ${answer?.type ?? 'none'}`)),
    seconds: (Date.now() - began) / 1000,
    settledAfter: (settledAt - quietFrom) / 1000,
    behind: behindOf(evidence),
  };
}

function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(counts.toSorted(([, one], [, other]) => other - one));
}

function behindOf(evidence: Evidence): readonly [number, number, number] {
  const sorted = latenessOf(evidence).map(({ ms }) => ms / 1000);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return [at(0.5), at(0.95), at(1)];
}

/** How long after the provider's last word on each refund the ledger had it, the quickest first. */
export function latenessOf({
  executions,
  refunds,
}: Evidence): readonly { readonly key: string; readonly ms: number }[] {
  const ends = new Map(executions.map(({ merchantRefundId: id, endedAt, status }) => [id, { endedAt, status }]));
  const late = refunds.flatMap(({ key, merchantRefundId, events }) => {
    const end = ends.get(merchantRefundId);
    const heard = events.findLast(({ type, status }) => type === 'STATUS_CHANGED' && status === end?.status);
    if (key === null || end?.endedAt == null || heard === undefined) return [];
    return [{ key, ms: Math.max(0, heard.at - end.endedAt) }];
  });
  return late.toSorted((one, other) => one.ms - other.ms);
}

/** A few lines for a terminal or a page. */
export function printFigures(figures: Figures): string {
  const pairs = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const { database, behind } = figures;
  const [half, most, last] = behind.map((seconds) => `${seconds.toFixed(1)} s`);
  return [
    `${database}: ${figures.kills} kills (${pairs(figures.killsAt)}); ${figures.freezes} times stood still, ${figures.cuts} times cut off`,
    `  ${figures.keys} keys, ${figures.calls} client calls of which ${figures.unanswered} got no answer`,
    `  ${figures.arrived} creates came to the providers, ${figures.executed} were executed, ${figures.notices} notices`,
    `  answers: ${pairs(figures.answers)}`,
    `  refunds in the end: ${pairs(figures.byStatus)}; failed by ${pairs(figures.failures)}`,
    `  sends: ${pairs(figures.outcomes)}`,
    `  sends cut short by a kill: ${figures.cutShort}; without a useful answer: ${figures.unheard}; sent again: ${figures.repeated}`,
    `  the ledger was behind the provider by ${half} (half), ${most} (19 of 20), ${last} (the last)`,
    `  all finished ${figures.settledAfter.toFixed(1)} s after the last kill; the run took ${figures.seconds.toFixed(0)} s`,
  ].join('\n');
}
