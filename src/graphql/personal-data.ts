/**
 * What may name a person: a provider's own record, and those of its details that hold a payer's data. Who
 * reads it is written down.
 */
import type { Tell } from '../operator/event.ts';
import type { AccountKey, RefundRef } from '../refunds/ids.ts';
import type { Caller, Context } from './context.ts';
import { forbidden } from './errors.ts';

/** Details, and whose they are. */
export type Owned<Details> = Details & { readonly of: RefundRef };

/**
 * Says that the caller reads these data of a refund. Throws FORBIDDEN where the token lacks `refunds:raw`.
 */
export function readPersonalData(
  { caller, audit }: Pick<Context, 'caller' | 'audit'>,
  ref: RefundRef,
  what: string,
): void {
  if (!caller.may('refunds:raw')) throw forbidden('The token lacks the scope refunds:raw.');
  audit(ref, what);
}

/** So many refunds are named in one line. */
const MOST_NAMED = 100;

/** Makes what tells the operator who reads personal data: one line for what one step of a request reads. */
export function createAudit({ actor }: Pick<Caller, 'actor'>, tell: Tell): Context['audit'] {
  const read = new Map<
    string,
    { readonly account: AccountKey; readonly what: string; readonly refunds: Set<string> }
  >();
  const flush = (): void => {
    for (const { account, what, refunds } of read.values()) {
      const merchantRefundIds = [...refunds].slice(0, MOST_NAMED);
      tell({ kind: 'personal-data-read', account, what, merchantRefundIds, refunds: refunds.size, ...actor });
    }
    read.clear();
  };
  return ({ account, merchantRefundId }, what) => {
    if (read.size === 0) setImmediate(flush);
    const name = JSON.stringify([account, what]);
    const known = read.get(name) ?? { account, what, refunds: new Set() };
    known.refunds.add(merchantRefundId);
    read.set(name, known);
  };
}
