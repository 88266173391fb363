/** Refunds under one number: usually one, and several where merchants of an account use the same number. */
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { RefundRef } from '../../refunds/ids.ts';
import { exactId, numberOf, SEPARATOR } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { Db } from '../database/database.ts';
import { keepable } from '../json/json.ts';
import { refundOf, selectStored } from './stored-refund.ts';

/** The condition of an index, which has an entry for each refund whose id names its merchant. */
const NAMES_MERCHANT = sql`position(${sql.lit(SEPARATOR)} in merchant_refund_id) > 0`;
const NUMBER = sql`split_part(merchant_refund_id, ${sql.lit(SEPARATOR)}, 1)`;

/** The condition on rows of `refunds` that lets through what `isNamed` does. */
export function idIs(asked: string): RawBuilder<SqlBool> {
  const exact = exactId(asked);
  if (exact !== null) return sql<SqlBool>`merchant_refund_id = ${keepable(exact)}`;
  const number = keepable(asked);
  return sql<SqlBool>`(merchant_refund_id = ${number} or (${NAMES_MERCHANT} and ${NUMBER} = ${number}))`;
}

/** The refunds of other merchants under the numbers of these. */
export async function findNamesakes(db: Db, refs: readonly RefundRef[]): Promise<readonly Refund[]> {
  if (refs.length === 0) return [];
  const accounts = refs.map(({ account }) => account);
  const numbers = refs.map(({ merchantRefundId }) => keepable(numberOf(merchantRefundId)));
  const rows = await selectStored(db)
    .where(
      sql<SqlBool>`refunds.id in (
        select refunds.id from refunds
        join unnest(${accounts}::text[], ${numbers}::text[]) as asked(account, number)
          on asked.account = refunds.account_key and asked.number = ${NUMBER}
        where ${NAMES_MERCHANT}
      )`,
    )
    .execute();
  return rows.map(refundOf);
}
