/** What of a filter querylist can be queried, and whether a row meets what was asked. */
import { isDeepStrictEqual } from 'node:util';
import type { RefundConditions } from '../../refunds/filter.ts';
import { NO_CONDITIONS } from '../../refunds/filter.ts';
import type { RefundObservation } from '../../refunds/observation.ts';
import { REFUND_STATUSES, type RefundStatus } from '../../refunds/refund.ts';
import { formatWallTime } from '../../refunds/wall-time.ts';
import type { ShoutuSettings } from './settings.ts';

/**
 * One condition as the sample shows it (D); its two further members are unknown: an account's settings may
 * name some.
 */
export interface PushedQuery {
  readonly cp: string;
  readonly field: string;
  readonly lc: string;
  readonly value: string;
}

export interface Pushed {
  /** All must hold. The first is the tenant's, as in the sample. */
  readonly queries: readonly PushedQuery[];
  /** What every row of an honest answer meets. */
  readonly conditions: RefundConditions;
  /** Whether the answer is all of the filter, so that nobody need filter after it. */
  readonly whole: boolean;
}

const SECOND = 1000;

/**
 * Sorts a filter into what goes on the wire and what does not. `words` are all values of refundState that are
 * known.
 */
export function pushDown(
  conditions: RefundConditions,
  settings: Pick<ShoutuSettings, 'conditions' | 'lc' | 'tenantId' | 'timeZone' | 'statusConditions'>,
  words: Readonly<Record<string, RefundStatus>>,
): Pushed {
  const { conditions: codes, lc, tenantId, timeZone } = settings;
  const query = (cp: string, field: string, value: string): PushedQuery => ({ cp, field, lc, value });
  const equal = (field: string, value: string | null) => (value === null ? [] : [query(codes.eq, field, value)]);
  const state = stateFor(conditions.statuses, settings.statusConditions, words);
  const from = conditions.createdFrom && wholeSecond(conditions.createdFrom);
  const before = conditions.createdBefore && wholeSecond(conditions.createdBefore);
  const at = (instant: number) => formatWallTime(new Date(instant), timeZone);

  const ranges: PushedQuery[] = [];
  // A row shows whole seconds but may be kept with parts of one, so that an exact bound must not be moved by
  // one: the other two codes ask for a second more than the filter, and the rest is filtered by whoever
  // asked.
  if (from !== null && codes.gte !== undefined) ranges.push(query(codes.gte, 'createdTime', at(from)));
  else if (from !== null && codes.gt !== undefined) ranges.push(query(codes.gt, 'createdTime', at(from - SECOND)));
  if (before !== null && codes.lt !== undefined) ranges.push(query(codes.lt, 'createdTime', at(before)));
  else if (before !== null && codes.lte !== undefined) ranges.push(query(codes.lte, 'createdTime', at(before)));

  const fromWhole = from === null || codes.gte !== undefined;
  const beforeWhole = before === null || codes.lt !== undefined;
  // What is not named here is not applied: our payment id, say, is no member of a record.
  const applied = {
    ...NO_CONDITIONS,
    merchantRefundId: conditions.merchantRefundId,
    providerRefundId: conditions.providerRefundId,
    providerPaymentId: conditions.providerPaymentId,
    statuses: state === null ? null : conditions.statuses,
    createdFrom: fromWhole ? conditions.createdFrom : null,
    createdBefore: beforeWhole ? conditions.createdBefore : null,
  };
  return {
    queries: [
      query(codes.eq, 'tenantId', tenantId),
      ...equal('mchRefundNo', conditions.merchantRefundId),
      ...equal('channelOrderNo', conditions.providerRefundId),
      ...equal('channelPayOrderNo', conditions.providerPaymentId),
      ...equal('refundState', state),
      ...ranges,
    ],
    conditions: applied,
    whole: isDeepStrictEqual(applied, { ...NO_CONDITIONS, ...conditions }),
  };
}

/**
 * The one value of refundState that finds every refund of the one status asked for: the operator's, or the
 * only one that means it. Never by itself for PROCESSING, which every unknown value means too.
 */
function stateFor(
  statuses: readonly RefundStatus[] | null,
  given: ShoutuSettings['statusConditions'],
  words: Readonly<Record<string, RefundStatus>>,
): string | null {
  const [status, ...others] = REFUND_STATUSES.filter((name) => statuses?.includes(name));
  if (status === undefined || others.length > 0) return null;
  const own = given[status];
  if (own !== undefined) return own;
  const [word, ...more] = Object.keys(words).filter((name) => words[name] === status);
  return word === undefined || more.length > 0 || status === 'PROCESSING' ? null : word;
}

/**
 * The first whole second not before an instant: rows show whole seconds, so ≥ and < mean the same with it.
 */
const wholeSecond = (instant: Date): number => Math.ceil(instant.getTime() / SECOND) * SECOND;

/** Whether a row meets the conditions. A row that does not say when it was made meets a range. */
export function meetsPushed(row: RefundObservation, conditions: RefundConditions): boolean {
  const { createdAt } = row;
  return (
    (conditions.merchantRefundId === null || row.merchantRefundId === conditions.merchantRefundId) &&
    (conditions.providerRefundId === null || row.providerRefundId === conditions.providerRefundId) &&
    (conditions.providerPaymentId === null || row.providerPaymentId === conditions.providerPaymentId) &&
    (conditions.statuses === null || conditions.statuses.includes(row.status)) &&
    (createdAt === null || conditions.createdFrom === null || createdAt >= conditions.createdFrom) &&
    (createdAt === null || conditions.createdBefore === null || createdAt < conditions.createdBefore)
  );
}
