/**
 * The copy of a provider's list in the ledger: first whole, then again and again from the newest refund
 * down to what is known. Each page and the place behind it are kept in one transaction, so that it goes on
 * after any crash.
 */
import { inTransaction, type Tx } from '../../ledger/database/database.ts';
import {
  addGaps,
  countGaps,
  dropEarlierGaps,
  moveMirror,
  notCopied,
  readMirrors,
  type ListGap,
  type MirrorPass,
  type MirrorState,
} from '../../ledger/mirror.ts';
import { countRecorded } from '../../ledger/refund/refunds.ts';
import type { ProviderAccount, ProviderList } from '../../providers/provider.ts';
import { createSingleFlight } from '../../flow/single-flight.ts';
import type { Clock } from '../../flow/clock.ts';
import { pageToward } from '../../paging/cover.ts';
import { cursorsOf, type SourcePosition } from '../../paging/cursor.ts';
import type { Position } from '../../paging/position.ts';
import { PagingError } from '../../paging/window.ts';
import { NO_CONDITIONS } from '../../refunds/filter.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { queryWhereUndecided, type QueryAgainDeps } from '../observation/query-again.ts';
import { observedAccount } from '../observation/query.ts';
import type { QueriedPage } from '../reading/provider-pages.ts';
import { readProvider } from '../reading/provider-source.ts';
import type { ListedRefund, RefundRows } from '../reading/source.ts';
import { markUnread } from '../observation/attention.ts';
import { observeIn } from '../observation/observe.ts';
import type { Throttle } from '../../flow/throttle.ts';

export interface MirrorDeps extends QueryAgainDeps {
  readonly clock: Clock;
}

/** One account whose list is copied. */
export interface Mirrored {
  readonly account: ProviderAccount;
  readonly list: ProviderList;
  /** Every page that is asked for waits for it. */
  readonly throttle: Throttle;
}

export interface MirrorStep {
  readonly state: MirrorState;
  /**
   * more: the pass goes on. copied: the first whole copy is there. done: a later pass has come to its end.
   * lost: begun anew. short: the pass has come to its end, and rows of the list are missing.
   */
  readonly outcome: 'more' | 'copied' | 'done' | 'lost' | 'short';
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
  let read: ListRows;
  try {
    const [from] = pass.cursor === null ? [] : cursorsFor(key).read(pass.cursor, 'after');
    read = await readOn(state.completedAt === null ? inOtherPages(mirrored, pass) : mirrored, from, { clock, signal });
  } catch (error) {
    if (!(error instanceof PagingError)) throw error;
    const restarted = { ...state, pass: null, ...(isFirstCopy(state, pass) && { copied: 0, unreadable: 0 }) };
    await inTransaction(ledger, (tx) => moveMirror(tx, restarted));
    return { state: restarted, outcome: 'lost' };
  }
  const begun = { ...pass, total: pass.total ?? read.listTotal };
  const moved = stateAfter(state, begun, read);
  const next = await storePage(deps, mirrored.account, { state: moved, pass: begun, read });
  if (next.pass !== null) return { state: next, outcome: 'more' };
  if (next.completedAt === null) return { state: next, outcome: 'short' };
  return { state: next, outcome: state.completedAt === null ? 'copied' : 'done' };
}

/** Most rows by which the pages of one pass are smaller than those of another. */
const MOST_SMALLER = 8;

/**
 * Where rows of one second change their order with the page that is asked for, the same pages would lack the
 * same rows again: each pass asks for pages of another size.
 */
function inOtherPages({ list, ...mirrored }: Mirrored, { startedAt }: MirrorPass): Mirrored {
  const smaller = list.maxPageSize > 2 * MOST_SMALLER ? startedAt.getTime() % MOST_SMALLER : 0;
  return { ...mirrored, list: { ...list, maxPageSize: list.maxPageSize - smaller } };
}

function newPass({ copiedUpTo }: MirrorState, now: Date): MirrorPass {
  const until = copiedUpTo === null ? null : new Date(copiedUpTo.getTime() - OVERLAP_MS);
  return { startedAt: now, cursor: null, newestAt: null, until, total: null };
}

/** Rows of a provider's list; `listTotal` counts those of other accounts, too. */
type ListRows = RefundRows & { readonly listTotal: number | null };

const cursorsFor = (account: AccountKey) => cursorsOf(`mirror ${account}`);

/**
 * One page of a provider's list, newest first, from a position on; from its newest row where none is given.
 * Throws ProviderError, and PagingError when the rows around the position have gone.
 */
export async function readOn(
  { account, list, throttle }: Mirrored,
  from: SourcePosition | undefined,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<ListRows> {
  let listTotal: number | null = null;
  const throttled: ProviderList = {
    ...list,
    page: async (request, callSignal) => {
      await throttle(callSignal);
      const page = await list.page(request, callSignal);
      listTotal = page.total;
      return page;
    },
  };
  const flight = createSingleFlight<QueriedPage>();
  const order = { direction: 'DESC', toward: 'after', conditions: NO_CONDITIONS } as const;
  const at = typeof from === 'object' && from.kind === 'gap' ? from : 'start';
  const need = rowsInOneCall(at, list.maxPageSize);
  const rows = await readProvider({ account, list: throttled, ...order, flight, clock }, at, { need, signal });
  return { ...rows, listTotal };
}

/** As many rows behind a position as one page can hold together with the row in front of it. */
function rowsInOneCall(at: Position, maxPageSize: number): number {
  if (typeof at === 'string') return maxPageSize;
  const { page, size } = pageToward(Math.max(0, at.offset - 1), 'after', maxPageSize);
  return Math.max(1, (page + 1) * size - at.offset);
}

/** Whether a pass is of the first whole copy: what it finds is history. */
const isFirstCopy = ({ completedAt }: MirrorState, { until }: MirrorPass): boolean =>
  completedAt === null && until === null;

/** The state behind a page. Whether a pass that has come to its end has found all is decided by `atEnd`. */
function stateAfter(state: MirrorState, pass: MirrorPass, { rows, more, total, at }: ListRows): MirrorState {
  // Keys are times turned round, because the list is read newest first.
  const times = rows.map(({ key }) => -key);
  const newest = Math.max(pass.newestAt?.getTime() ?? -Infinity, ...times);
  const newestAt = Number.isFinite(newest) ? new Date(newest) : null;
  const { until } = pass;
  const count = (kind: ListedRefund['kind']) => rows.filter(({ content }) => content.kind === kind).length;
  const moved: MirrorState = {
    ...state,
    ...(isFirstCopy(state, pass) && {
      copied: state.copied + count('observed'),
      unreadable: state.unreadable + count('unreadable'),
      total: total ?? state.total,
    }),
  };
  if (more && (until === null || times.every((time) => time >= until.getTime()))) {
    const cursor = cursorsFor(state.account).write([at(rows.length, 'behind')]);
    return { ...moved, pass: { ...pass, cursor, newestAt } };
  }
  return { ...moved, pass: null, copiedUpTo: earlier(newestAt ?? state.copiedUpTo, pass.startedAt) };
}

/** A refund that claims to be made in the future must not hide those that are made until then. */
const earlier = (one: Date | null, other: Date): Date | null => (one !== null && one > other ? other : one);

/** A page that was read, the pass that it is of, and the state behind it. */
interface CopiedPage {
  readonly state: MirrorState;
  readonly pass: MirrorPass;
  readonly read: ListRows;
}

/**
 * Keeps a page and the place behind it, and judges a pass that has come to its end; nothing when another
 * process has kept the page already. Gives back the state that was kept.
 */
async function storePage(
  { ledger, queue, clock }: MirrorDeps,
  account: ProviderAccount,
  page: CopiedPage,
): Promise<MirrorState> {
  const { state, pass, read } = page;
  const observations = read.rows.flatMap(({ content }) => (content.kind === 'observed' ? [content.observation] : []));
  return inTransaction(ledger, async (tx) => {
    if (!(await moveMirror(tx, state))) return state;
    const context = {
      via: 'POLL',
      at: clock(),
      isFirstCopy: isFirstCopy(state, pass),
      ...(read.queriedAt && { queriedAt: read.queriedAt }),
    } as const;
    const observed = await observeIn(ledger, tx, observedAccount(account), observations, context);
    const unreadable = read.rows.flatMap(({ content }) => (content.kind === 'unreadable' ? [content.record] : []));
    await markUnread(tx, account.key, unreadable, context);
    await queryWhereUndecided(queue, tx, observed);
    await addGaps(tx, { account: state.account, pass }, gapsIn(page));
    if (state.pass !== null) return state;
    const ended = await atEnd(tx, page, clock());
    await moveMirror(tx, { ...ended, revision: state.revision + 1 });
    return ended;
  });
}

/** What of a page can't be copied. Below the end of a pass an earlier one has kept it. */
function gapsIn({ pass: { until }, read: { rows } }: CopiedPage): readonly ListGap[] {
  return rows.flatMap(({ key, content }): readonly ListGap[] => {
    const place = new Date(-key);
    if (until !== null && place < until) return [];
    if (content.kind === 'unreadable') return [{ kind: 'UNREADABLE', place, member: content.record.member }];
    return content.kind === 'foreign' ? [{ kind: 'FOREIGN', place, member: null }] : [];
  });
}

/**
 * The state behind a pass that has come to its end: the copy is whole when as many refunds are in the ledger
 * as the list has rows that can be read. Else the next pass looks at the newest rows again, which came while
 * this one was under way. If rows are missing after that too, it begins anew from the top.
 */
async function atEnd(tx: Tx, { state, pass, read }: CopiedPage, now: Date): Promise<MirrorState> {
  const { account, completedAt } = state;
  await dropEarlierGaps(tx, { account, pass });
  const gaps = await countGaps(tx, account);
  const listed = Math.min(pass.total ?? Infinity, read.listTotal ?? Infinity);
  const total = Number.isFinite(listed) ? listed - gaps.FOREIGN : null;
  const counts = { unreadable: gaps.UNREADABLE, total: total ?? state.total };
  const asExpected = completedAt !== null && total === state.copied + gaps.UNREADABLE;
  const known = asExpected ? state.copied : await countRecorded(tx, account, now);
  const readable = total === null ? known : Math.max(0, total - gaps.UNREADABLE);
  if (known >= readable) {
    return { ...state, ...counts, copied: readable, completedAt: completedAt ?? now, asOf: pass.startedAt };
  }
  const isSecondLook = completedAt === null && pass.until !== null;
  const { copiedUpTo } = state;
  const restarted = isSecondLook ? { copied: 0, unreadable: 0, copiedUpTo: null } : { copied: known, copiedUpTo };
  return { ...state, ...counts, ...restarted, completedAt: null, asOf: null };
}
