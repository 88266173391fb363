/**
 * The copy of a provider's list in the ledger: first whole, then again and again from the newest refund
 * down to what is known. Each page and the place behind it are kept in one transaction, so that it goes on
 * after any crash.
 */
import { inTransaction } from '../../ledger/database/database.ts';
import { moveMirror, notCopied, readMirrors, type MirrorPass, type MirrorState } from '../../ledger/mirror.ts';
import type { ProviderAccount, ProviderList } from '../../providers/provider.ts';
import { createSingleFlight } from '../../flow/single-flight.ts';
import type { Clock } from '../../flow/clock.ts';
import { pageToward } from '../../paging/cover.ts';
import { cursorsOf, type SourcePosition } from '../../paging/cursor.ts';
import type { Position } from '../../paging/position.ts';
import type { SourceRows } from '../../paging/source.ts';
import { PagingError } from '../../paging/window.ts';
import { NO_CONDITIONS } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { askWhereUndecided, type AskAgainDeps } from '../observation/ask-again.ts';
import { observedAccount } from '../observation/ask.ts';
import type { AskedPage } from '../reading/provider-pages.ts';
import { providerSource } from '../reading/provider-source.ts';
import type { ListedRefund } from '../reading/source.ts';
import { observeIn } from '../observation/observe.ts';
import type { Throttle } from '../../flow/throttle.ts';

export interface MirrorDeps extends AskAgainDeps {
  readonly clock: Clock;
}

/** One account whose list is copied. */
export interface Mirrored {
  readonly account: ProviderAccount;
  readonly list: ProviderList;
  /** Every page that is asked for waits for it. */
  readonly pace: Throttle;
}

export interface MirrorStep {
  readonly state: MirrorState;
  /**
   * more: the pass goes on. copied: the first whole copy is there. done: a later pass has come to its end.
   * lost: begun anew.
   */
  readonly outcome: 'more' | 'copied' | 'done' | 'lost';
}

/**
 * A pass goes so much further back than what is known, for refunds that come into the list late, in
 * milliseconds.
 */
const OVERLAP_MS = 15 * 60_000;

/** Reads one page on from where the last step ended. Throws ProviderError; then nothing has moved. */
export async function mirrorStep(deps: MirrorDeps, mirrored: Mirrored, signal: AbortSignal): Promise<MirrorStep> {
  const { ledger, clock } = deps;
  const { key } = mirrored.account;
  const [known] = await readMirrors(ledger.db, [key]);
  const state = known ?? notCopied(key);
  const pass = state.pass ?? newPass(state, clock());
  let read: SourceRows<ListedRefund>;
  try {
    const [from] = pass.cursor === null ? [] : cursorsFor(key).read(pass.cursor, 'after');
    read = await readOn(mirrored, from, { clock, signal });
  } catch (error) {
    if (!(error instanceof PagingError)) throw error;
    const anew = { ...state, pass: null, copied: state.completedAt === null ? 0 : state.copied };
    await inTransaction(ledger, (tx) => moveMirror(tx, anew));
    return { state: anew, outcome: 'lost' };
  }
  const next = stateAfter(state, pass, read, clock());
  const told = read.rows.flatMap(({ content }) => (content.kind === 'observed' ? [content.observation] : []));
  await keep(deps, mirrored.account, next, told, read.askedAt);
  if (next.pass !== null) return { state: next, outcome: 'more' };
  return { state: next, outcome: state.completedAt === null ? 'copied' : 'done' };
}

function newPass({ copiedUpTo }: MirrorState, now: Date): MirrorPass {
  const until = copiedUpTo === null ? null : new Date(copiedUpTo.getTime() - OVERLAP_MS);
  return { startedAt: now, cursor: null, newestAt: null, until };
}

const cursorsFor = (account: AccountKey) => cursorsOf(`mirror ${account}`);

/**
 * One page of a provider's list, newest first, from a position on; from its newest row where none is given.
 * Throws ProviderError, and PagingError when the rows around the position have gone.
 */
export async function readOn(
  { account, list, pace }: Mirrored,
  from: SourcePosition | undefined,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<SourceRows<ListedRefund>> {
  const paced: ProviderList = {
    ...list,
    page: async (ask, callSignal) => {
      await pace(callSignal);
      return list.page(ask, callSignal);
    },
  };
  const flight = createSingleFlight<AskedPage>();
  const of = { account, list: paced, direction: 'DESC', conditions: NO_CONDITIONS, flight, clock } as const;
  const at = typeof from === 'object' && from.kind === 'gap' ? from : 'start';
  const source = providerSource(of, { at, toward: 'after', shown: new Set() });
  return source.read(rowsInOneCall(at, list.maxPageSize), signal);
}

/** As many rows behind a position as one page can hold together with the row in front of it. */
function rowsInOneCall(at: Position, maxPageSize: number): number {
  if (typeof at === 'string') return maxPageSize;
  const { page, size } = pageToward(Math.max(0, at.offset - 1), 'after', maxPageSize);
  return Math.max(1, (page + 1) * size - at.offset);
}

function stateAfter(
  state: MirrorState,
  pass: MirrorPass,
  { rows, more, total, beyond }: SourceRows<ListedRefund>,
  now: Date,
): MirrorState {
  // Keys are times turned round, because the list is read newest first.
  const times = rows.map(({ key }) => -key);
  const newest = Math.max(pass.newestAt?.getTime() ?? -Infinity, ...times);
  const newestAt = Number.isFinite(newest) ? new Date(newest) : null;
  const { until } = pass;
  const moved: MirrorState = {
    ...state,
    copied: state.completedAt === null ? state.copied + rows.length : state.copied,
    total: total ?? state.total,
  };
  if (more && (until === null || times.every((time) => time >= until.getTime()))) {
    const cursor = cursorsFor(state.account).write([beyond(rows.length)]);
    return { ...moved, pass: { ...pass, cursor, newestAt } };
  }
  return {
    ...moved,
    pass: null,
    completedAt: state.completedAt ?? now,
    copiedUpTo: earlier(newestAt ?? state.copiedUpTo, pass.startedAt),
    asOf: pass.startedAt,
  };
}

/** A refund that claims to be made in the future must not hide those that are made until then. */
const earlier = (one: Date | null, other: Date): Date | null => (one !== null && one > other ? other : one);

/** Keeps a page and the place behind it; nothing when another process has kept it already. */
async function keep(
  { ledger, queue, clock }: MirrorDeps,
  account: ProviderAccount,
  next: MirrorState,
  told: readonly RefundObservation[],
  askedAt: Date | null,
): Promise<void> {
  await inTransaction(ledger, async (tx) => {
    if (!(await moveMirror(tx, next))) return;
    const context = { via: 'POLL', at: clock(), ...(askedAt && { askedAt }) } as const;
    const observed = await observeIn(ledger, tx, observedAccount(account), told, context);
    await askWhereUndecided(queue, tx, observed);
  });
}
