/**
 * Rows of providers' lists that were observed before. As long as a row is what it was at the provider, and
 * the ledger has the same versions of its refund, its payment and its record, observing it again would move
 * `observed_at` and change nothing else: then the refund of that time is the refund of now. The ledger is
 * asked for the versions each time. So a change by any server is seen, and what is shown is never older than
 * the ledger.
 */
import type { Ledger } from '../../ledger/database/database.ts';
import { readVersions, touchVersions, type Version } from '../../ledger/refund/versions.ts';
import { readTogether } from '../../ledger/shared-reads.ts';
import type { AccountKey, MerchantRefundId, RefundRef } from '../../refunds/ids.ts';
import type { ProviderAnswer, RefundObservation } from '../../refunds/observation.ts';
import type { Refund } from '../../refunds/refund.ts';
import { OBSERVED_EVERY_MS } from '../observation/accept.ts';
import { idsFor } from '../observation/assign.ts';
import type { Observed } from '../observation/observe.ts';

/** Takes an answer into the ledger. Positions of the result are those of its observations. */
export type Observe = (answer: ProviderAnswer) => Promise<readonly Pick<Observed, 'refund' | 'repeats'>[]>;

/** The versions under all ids that a row's refund may have. */
type Versions = readonly (Version | null)[];

/** What observing a row came to. */
interface Known {
  readonly refund: Refund;
  /** When that was known, in epoch milliseconds. */
  readonly at: number;
  /** Those of the ledger's rows then. Null: it must be observed once more. */
  readonly versions: Versions | null;
}

/**
 * Versions are named by 32 bits, which come round after four thousand million transactions: nothing is
 * believed for so long, in milliseconds.
 */
const LONGEST_MS = 600_000;

/** The memory of one server. Rows are recognised as objects, and forgotten with them. */
export function createKnownRows({ db }: Ledger) {
  const memory = new WeakMap<RefundObservation, Known>();
  const ask = readTogether<readonly RefundRef[], Versions>(async (asked) => {
    const found = await readVersions(db, asked.flat());
    return split(
      found,
      asked.map(({ length }) => length),
    );
  });

  /** The ledger's versions, row by row. */
  async function versionsOf(
    account: AccountKey,
    rows: readonly RefundObservation[],
  ): Promise<ReadonlyMap<RefundObservation, Versions>> {
    if (rows.length === 0) return new Map();
    const ids = rows.map(idsFor);
    const found = await ask(ids.flat().map((merchantRefundId) => ({ account, merchantRefundId })));
    const own = split(
      found,
      ids.map(({ length }) => length),
    );
    return new Map(rows.map((row, nth) => [row, own[nth] ?? []]));
  }

  /**
   * Moves `observed_at` where it is to move. Of these rows those that are known as they are, with their
   * refunds.
   */
  async function confirmed(
    account: AccountKey,
    rows: ReadonlyMap<RefundObservation, Known>,
    at: Date,
  ): Promise<ReadonlyMap<RefundObservation, Refund>> {
    const due = [...rows].filter(([, { refund }]) => isDue(refund, at));
    const seen = due.flatMap(([, { refund, versions }]) => {
      const own = versions?.find((version) => version !== null)?.refund;
      return own === undefined ? [] : [[refund.merchantRefundId, own] as const];
    });
    const moved = await touchVersions(db, account, new Map(seen), at);
    const refunds = new Map([...rows].map(([row, { refund }]) => [row, refund]));
    for (const [row, { refund, versions }] of due) {
      const version = moved.get(refund.merchantRefundId);
      if (version === undefined) {
        refunds.delete(row);
        continue;
      }
      const after = { ...refund, observedAt: at };
      const now = (versions ?? []).map((one) => one && { ...one, refund: version });
      memory.set(row, { refund: after, at: at.getTime(), versions: now });
      refunds.set(row, after);
    }
    return refunds;
  }

  /** Observes rows, and remembers them under the versions that they had before. */
  async function learn(
    answer: ProviderAnswer,
    { at, before }: { readonly at: Date; readonly before: ReadonlyMap<RefundObservation, Versions> },
    observe: Observe,
  ): Promise<ReadonlyMap<RefundObservation, Refund>> {
    const results = await observe(answer);
    const refunds = new Map<RefundObservation, Refund>();
    for (const [nth, row] of answer.observations.entries()) {
      const result = results[nth];
      if (result === undefined) continue;
      const { refund, repeats } = result;
      refunds.set(row, refund);
      const versions = repeats ? (before.get(row) ?? null) : null;
      // With more than one refund under its ids the row does not say by itself whose versions are whose.
      const isPlain = versions?.filter((version) => version !== null).length === 1;
      memory.set(row, { refund, at: at.getTime(), versions: isPlain ? versions : null });
    }
    return refunds;
  }

  /**
   * The refunds of an answer's observations, in their positions; those that are new or changed are observed.
   */
  async function observed(
    account: AccountKey,
    answer: ProviderAnswer,
    at: Date,
    observe: Observe,
  ): Promise<readonly (Refund | null)[]> {
    const { observations, unreadable } = answer;
    const known = new Map(observations.flatMap((row) => knownOf(row, at)));
    const isShared = idsOfSeveral(observations);
    // Nothing was remembered of any of them: then nothing is asked beforehand.
    const before = await versionsOf(account, known.size === 0 ? [] : observations);
    const same = new Map(
      observations.flatMap((row) => {
        const one = known.get(row);
        const isSame = one !== undefined && isEqual(one.versions, before.get(row));
        return isSame && !isShared.has(row.merchantRefundId) ? [[row, one] as const] : [];
      }),
    );
    const refunds = new Map(same.size === 0 ? [] : await confirmed(account, same, at));
    const others = observations.filter((row) => !refunds.has(row));
    if (others.length > 0 || unreadable.length > 0) {
      const learnt = await learn({ observations: others, unreadable }, { at, before }, observe);
      for (const [row, refund] of learnt) refunds.set(row, refund);
      // What moved just now has other versions than before: known once more, it need not be observed again.
      const moved = others.filter((row) => known.has(row) && refunds.get(row)?.observedAt?.getTime() === at.getTime());
      const again = { observations: moved, unreadable: [] };
      if (moved.length > 0) await learn(again, { at, before: await versionsOf(account, moved) }, observe);
    }
    return observations.map((row) => refunds.get(row) ?? null);
  }

  const knownOf = (row: RefundObservation, at: Date) => {
    const known = memory.get(row);
    return known === undefined || at.getTime() - known.at >= LONGEST_MS ? [] : [[row, known] as const];
  };

  return { observed };
}

export type KnownRows = ReturnType<typeof createKnownRows>;

const isDue = ({ observedAt }: Refund, at: Date): boolean =>
  observedAt === null || at.getTime() - observedAt.getTime() >= OBSERVED_EVERY_MS;

const isEqual = (one: Versions | null, other: Versions | undefined): boolean =>
  one !== null &&
  other?.length === one.length &&
  one.every((version, nth) => version?.refund === other[nth]?.refund && version?.beside === other[nth]?.beside);

/** Cuts a list into parts of these lengths. */
function split<Item>(items: readonly Item[], lengths: readonly number[]): readonly (readonly Item[])[] {
  let from = 0;
  return lengths.map((length) => items.slice(from, (from += length)));
}

/** The numbers that several rows of an answer have: they say together whose it is. */
function idsOfSeveral(rows: readonly RefundObservation[]): ReadonlySet<MerchantRefundId> {
  const [seen, several] = [new Set<MerchantRefundId>(), new Set<MerchantRefundId>()];
  for (const { merchantRefundId: id } of rows) (seen.has(id) ? several : seen).add(id);
  return several;
}
