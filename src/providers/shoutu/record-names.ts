/**
 * What a record calls its members: the documented names, Jeepay's own, or those that an account's settings
 * give.
 */
import type { Json } from '../../refunds/refund.ts';
import { hasMembers } from '../wire/callback-body.ts';

/** Jeepay's names for members of a refund's notice and answer, where they differ from the record's (I). */
const JEEPAY_NAMES = { refundState: 'state', createdTime: 'createdAt', extJsonb: 'extParam' } as const;

/** Members that may have two names; a text with both may have been made of one with one of them. */
export const TWO_NAMES: readonly (readonly string[])[] = Object.entries(JEEPAY_NAMES);

/** The members of a record whose names can be set. */
export const RECORD_MEMBERS = [
  'mchRefundNo',
  'refundAmount',
  'refundState',
  'channelOrderNo',
  'channelPayOrderNo',
  'payAmount',
  'refundReason',
  'errCode',
  'errMsg',
  'successTime',
  'createdTime',
  'mchNo',
  'mchName',
  'mchNoBranch',
  'appId',
  'refundMode',
  'businessId',
  'extJsonb',
] as const;

/** Names that the settings give, by the documented one. */
export type RecordNames = Readonly<Partial<Record<(typeof RECORD_MEMBERS)[number], string>>>;

/**
 * Gives a record's members their documented names. A member with a name of its own is read under that name
 * alone.
 */
export function withDocumentedNames(given: RecordNames): (record: Json | undefined) => Json | undefined {
  const renamed: readonly (readonly [string, string])[] = Object.entries({ ...JEEPAY_NAMES, ...given });
  const own: ReadonlySet<string> = new Set(Object.keys(given));
  return (record) => {
    if (!hasMembers(record)) return record;
    const members = new Map(Object.entries(record));
    for (const [documented, name] of renamed) {
      const value = members.get(documented) ?? '';
      if (own.has(documented) || value === '') members.set(documented, record[name] ?? null);
    }
    return Object.fromEntries(members);
  };
}
