/**
 * What each caller has used in the running minute, at all servers over this ledger together. Each server adds
 * what it has counted once a second, and hears the sum.
 */
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Tell } from '../operator/event.ts';
import type { Ledger } from './database/database.ts';

/** What is counted: calls to providers, milliseconds of the database, refunds, and KiB of answers. */
export const CHARGES = ['providerCalls', 'databaseMs', 'refunds', 'answerKib'] as const;
export type Charge = (typeof CHARGES)[number];

/** Most of each in a minute; 0: as much as they like. */
export type BillLimits = Readonly<Record<Charge, number>>;

/** Seconds that are counted together. */
const WINDOW_S = 60;
/** How often what was counted is added to what the others have counted, in milliseconds. */
const SETTLE_MS = 1_000;

export type Bills = ReturnType<typeof openBills>;

/** Opens the bills. They must be closed before the ledger is. */
export function openBills(ledger: Ledger, limits: BillLimits, tell: Tell) {
  const { pool, clock } = ledger;
  // The limiter reckons in numbers; the pool reads int8 as bigint. Without names: behind PgBouncer a prepared
  // statement may be unknown.
  const query = async ({ text, values }: { readonly text: string; readonly values?: unknown[] }) => {
    const { rows } = await pool.query<{ points: number; expire: bigint | null }>(text, values ?? []);
    return { rows: rows.map(({ points, expire }) => ({ points, expire: expire === null ? null : Number(expire) })) };
  };
  const limiterOf = (what: Charge) =>
    new RateLimiterPostgres({
      storeClient: { query },
      storeType: 'client',
      tableName: 'caller_bills',
      tableCreated: true,
      keyPrefix: what,
      points: Math.max(1, limits[what]),
      duration: WINDOW_S,
    });
  const lines = CHARGES.filter((what) => limits[what] > 0).map((what) => ({ what, limiter: limiterOf(what) }));
  /** By caller and charge: the sum that all servers knew of, until when it counts, and what came since. */
  const accounts = new Map<string, Map<Charge, { known: number; until: number; more: number }>>();
  let settling = Promise.resolve();

  async function settle(): Promise<void> {
    for (const [caller, bill] of accounts) {
      for (const { what, limiter } of lines) {
        const line = bill.get(what);
        if (line === undefined || line.more < 1) continue;
        const points = Math.floor(line.more);
        line.more -= points;
        const { consumedPoints, msBeforeNext } = await limiter.penalty(caller, points);
        Object.assign(line, { known: consumedPoints, until: clock().getTime() + msBeforeNext });
      }
      const isOver = [...bill.values()].every(({ until, more }) => until < clock().getTime() && more < 1);
      if (isOver) accounts.delete(caller);
    }
  }
  const timer = setInterval(() => {
    // Nobody is kept out because the database is away.
    settling = settling.then(settle).catch((error: unknown) => tell({ kind: 'bills-disturbed', error }));
  }, SETTLE_MS).unref();

  return {
    /** What a caller has used up, and the seconds until it may come again; null: it may go on. */
    usedUp: (caller: string): { readonly what: Charge; readonly retryAfter: number } | null => {
      const now = clock().getTime();
      for (const [what, { known, until, more }] of accounts.get(caller) ?? []) {
        const left = until > now ? until - now : 0;
        if ((left > 0 ? known : 0) + more < limits[what]) continue;
        return { what, retryAfter: Math.max(1, Math.ceil(left / 1_000)) };
      }
      return null;
    },
    /** The part of its minute that a caller has used of what it has used most of: 1 is all of it. */
    share: (caller: string): number => {
      const now = clock().getTime();
      const shares = [...(accounts.get(caller) ?? [])].map(([what, { known, until, more }]) =>
        limits[what] === 0 ? 0 : ((until > now ? known : 0) + more) / limits[what],
      );
      return Math.max(0, ...shares);
    },
    charge: (caller: string, amounts: Readonly<Partial<Record<Charge, number>>>): void => {
      const bill = accounts.get(caller) ?? new Map<Charge, { known: number; until: number; more: number }>();
      accounts.set(caller, bill);
      for (const { what } of lines) {
        const line = bill.get(what) ?? { known: 0, until: 0, more: 0 };
        // In its place: a copy would lose what a settle under way hears of the others.
        line.more += amounts[what] ?? 0;
        bill.set(what, line);
      }
    },
    close: async (): Promise<void> => {
      clearInterval(timer);
      await settling;
    },
  };
}
