/** Shoutu's querylist: pages of the list, and the refunds under one id found with an equality condition. */
import { NO_CONDITIONS, type RefundConditions, type Direction } from '../../refunds/filter.ts';
import {
  mayBeOf,
  answerOf,
  type RecordRead,
  type RefundObservation,
  type ProviderAnswer,
} from '../../refunds/observation.ts';
import { merchantOf } from '../../refunds/numbers.ts';
import type { Json, RefundStatus } from '../../refunds/refund.ts';
import type { ListPage, ProviderList } from '../provider.ts';
import { malformedAnswer, parseAnswer } from '../wire/members.ts';
import type { PlacedRecord } from '../wire/records.ts';
import type { ShoutuClient } from './client.ts';
import { meetsPushed, pushDown, type Pushed } from './conditions.ts';
import type { openWing } from '../wing.ts';
import type { shoutuRecordReader } from './record.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

/** Pages of one lookup: no payment has so many refunds, so that more of them means an ignored condition. */
const MAX_LOOKUP_PAGES = 20;

interface Wanted {
  readonly operation: string;
  /** From 0. */
  readonly page: number;
  readonly size: number;
  readonly direction: Direction;
  readonly pushed: Pushed;
}

export function shoutuLists(parts: {
  readonly settings: ShoutuSettings;
  readonly client: ShoutuClient;
  readonly records: ShoutuRecords;
  readonly reader: ReturnType<typeof shoutuRecordReader>;
  /** All values of refundState that are known, with their meaning. */
  readonly words: Readonly<Record<string, RefundStatus>>;
  readonly quietly: ReturnType<typeof openWing>['quietly'];
}) {
  const { settings, client, records, reader, words, quietly } = parts;
  const account = settings.key;
  /** One request asks several times what becomes of its conditions. */
  const pushedBefore = new WeakMap<RefundConditions, Pushed>();
  function push(conditions: RefundConditions): Pushed {
    const pushed = pushedBefore.get(conditions) ?? pushDown(conditions, settings, words);
    pushedBefore.set(conditions, pushed);
    return pushed;
  }
  /** Pages of which nothing was told, by `data` of the answer: the same object is the same page again. */
  const pagesBefore = new WeakMap<object, ListPage>();

  /** `data` of the answer. */
  function ask({ operation, page, size, direction, pushed }: Wanted, signal: AbortSignal): Promise<Json> {
    // Names and order of the members are the sample's (D).
    const queryPage = {
      orders: ['createdTime', ...settings.order.thenBy].map((fieldName) => ({
        fieldName,
        order: settings.order[direction],
      })),
      page: page + settings.pageBase,
      queries: pushed.queries.map(({ cp, field, lc, value }) => ({
        cp,
        field,
        lc,
        value,
        ...settings.conditionMembers,
      })),
      size,
    };
    const sent = {
      operation,
      name: 'list',
      path: settings.paths.list,
      members: { queryPage },
      repeatable: true,
      rememberAs: JSON.stringify([queryPage, pushed.conditions]),
    } as const;
    return client.call(sent, signal);
  }

  function readPage({ operation, page, size }: Wanted, data: Json) {
    const call = { account, operation };
    const answer = parseAnswer(records.page, data, call, ['data']);
    const { current, total } = answer;
    const used = answer.size === null ? {} : { size: answer.size };
    const offset = page * (used.size ?? size);
    // Beyond the end some paging libraries give the first page again, and say so.
    const another = current !== null && current !== page + settings.pageBase && current !== page + 1;
    if (another && offset >= total) return { rows: [], total, ...used };
    if (another) throw malformedAnswer(call, ['data', 'current'], 'not the page that was asked for');
    if (answer.records.length > size) throw malformedAnswer(call, ['data', 'records'], 'more rows than were asked for');
    const rows = answer.records.map((json, index): PlacedRecord => ({ json, at: ['data', 'records', String(index)] }));
    // A refund made between the provider's count and its page is on the page already.
    const atLeast = rows.length === 0 ? 0 : offset + rows.length;
    return { rows, total: Math.max(total, atLeast), ...used };
  }

  async function page(
    { conditions, ...wanted }: Parameters<ProviderList['page']>[0],
    signal: AbortSignal,
  ): Promise<ListPage> {
    const asked = { operation: 'list refunds', pushed: push(conditions), ...wanted };
    const data = await ask(asked, signal);
    const key = typeof data === 'object' && data !== null ? data : {};
    const known = pagesBefore.get(key);
    if (known !== undefined) return known;
    const { value, isQuiet } = quietly(() => readListed(asked, data));
    if (isQuiet) pagesBefore.set(key, value);
    return value;
  }

  function readListed(asked: Wanted, data: Json): ListPage {
    const { operation, pushed } = asked;
    const { rows, ...got } = readPage(asked, data);
    const read = rows.map((row) => reader.readListed(row, { account, operation }));
    // Rows that were not asked for make the places of all others, and the total, worthless.
    const stray = read.findIndex((row) => !mayMeet(row, pushed.conditions));
    if (stray >= 0) throw malformedAnswer({ account, operation }, ['data', 'records', String(stray)], IGNORED);
    return { ...got, records: read };
  }

  /**
   * All records under an id; none only when the whole answer was read and was empty. Throws ProviderError.
   */
  async function lookup(
    key: Partial<Pick<RefundConditions, 'merchantRefundId' | 'providerRefundId' | 'providerPaymentId'>>,
    signal: AbortSignal,
  ): Promise<ProviderAnswer> {
    const call = { account, operation: 'query refunds' };
    const pushed = push({ ...NO_CONDITIONS, ...key });
    const seen = new Set<string>();
    const found = new Map<string, { readonly row: RecordRead; readonly isForeign: boolean }>();
    let size = settings.maxPageSize;
    for (let page = 0; page < MAX_LOOKUP_PAGES; page++) {
      // Oldest first, so that a refund made meanwhile does not shift the pages.
      const asked = { ...call, page, size, direction: 'ASC', pushed } as const;
      const got = readPage(asked, await ask(asked, signal));
      for (const [nth, placed] of got.rows.entries()) {
        const row = reader.readOwn(placed, call);
        const id = row.kind === 'observed' ? nameOf(row.observation) : `${page} ${nth}`;
        seen.add(id);
        if (mayMeet(row, pushed.conditions)) found.set(id, { row, isForeign: reader.isForeign(placed) });
      }
      // "Not there" is what a lost create is given up on: it must be the answer to this very query.
      if (seen.size > 0 && found.size === 0) throw malformedAnswer(call, ['data', 'records'], IGNORED);
      if (seen.size >= got.total) return answerOf(ownOf([...found.values()]));
      if (got.rows.length === 0) {
        throw malformedAnswer(call, ['data', 'records'], `${seen.size} rows where data.total says ${got.total}`);
      }
      // A page that is cut by the provider: from here on in pages of that size.
      if (page === 0) size = got.rows.length;
    }
    throw malformedAnswer(call, ['data', 'total'], 'more refunds under one id than can be');
  }

  const list: ProviderList = {
    maxPageSize: settings.maxPageSize,
    canPush: (conditions) => push(conditions).whole,
    page,
  };
  return { list, lookup };
}

/**
 * Of records under one id those of this application. Where there are none it is not believed that the refund
 * is not there: an account's own appId may be written wrongly.
 */
function ownOf(found: readonly { readonly row: RecordRead; readonly isForeign: boolean }[]): readonly RecordRead[] {
  const own = found.filter(({ isForeign }) => !isForeign);
  return (own.length > 0 ? own : found).map(({ row }) => row);
}

const nameOf = ({ merchantRefundId, providerRefundId, details }: RefundObservation): string =>
  JSON.stringify([merchantRefundId, providerRefundId, merchantOf(details)]);

/** Whether a record meets the conditions, as far as it can be read. */
function mayMeet(row: RecordRead, conditions: RefundConditions): boolean {
  switch (row.kind) {
    case 'observed':
      return meetsPushed(row.observation, conditions);
    case 'unreadable':
      return mayBeOf(row.record, conditions);
    case 'foreign':
      return true;
  }
}

const IGNORED = "rows that do not meet the conditions asked: check the account's `conditions` codes";
