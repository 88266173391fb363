/** The ledger's shape, step by step. A step that was released is never changed: the next one is added. */
import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import * as ledger from './migrations/0001-ledger.ts';
import * as submissions from './migrations/0002-submissions.ts';
import * as callbacks from './migrations/0003-callbacks.ts';
import * as eventOrder from './migrations/0004-event-order.ts';
import * as mirror from './migrations/0005-mirror.ts';
import * as answersCountFrom from './migrations/0006-answers-count-from.ts';
import * as missingSince from './migrations/0007-missing-since.ts';
import * as ledgerKind from './migrations/0008-ledger-kind.ts';
import * as keysPerAccount from './migrations/0009-keys-per-account.ts';
import * as acceptedUnread from './migrations/0010-accepted-unread.ts';
import * as attention from './migrations/0011-attention.ts';
import * as accounts from './migrations/0012-accounts.ts';
import * as signedCallbacks from './migrations/0013-signed-callbacks.ts';
import * as listGaps from './migrations/0014-list-gaps.ts';
import * as numbersOfMerchants from './migrations/0015-numbers-of-merchants.ts';
import * as leanEvents from './migrations/0017-lean-events.ts';
import * as paymentIdentity from './migrations/0018-payment-identity.ts';
import * as cursorKey from './migrations/0019-cursor-key.ts';
import * as callerBills from './migrations/0020-caller-bills.ts';
import * as requestIds from './migrations/0021-request-ids.ts';
import * as callbackLists from './migrations/0022-callback-lists.ts';
import * as search from './migrations/0023-search.ts';
import * as orders from './migrations/0024-orders.ts';
import { isGone, LedgerUnavailableError } from './errors.ts';
import type { Tables } from '../tables.ts';

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-ledger': ledger,
  '0002-submissions': submissions,
  '0003-callbacks': callbacks,
  '0004-event-order': eventOrder,
  '0005-mirror': mirror,
  '0006-answers-count-from': answersCountFrom,
  '0007-missing-since': missingSince,
  '0008-ledger-kind': ledgerKind,
  '0009-keys-per-account': keysPerAccount,
  '0010-accepted-unread': acceptedUnread,
  '0011-attention': attention,
  '0012-accounts': accounts,
  '0013-signed-callbacks': signedCallbacks,
  '0014-list-gaps': listGaps,
  '0015-numbers-of-merchants': numbersOfMerchants,
  '0017-lean-events': leanEvents,
  '0018-payment-identity': paymentIdentity,
  '0019-cursor-key': cursorKey,
  '0020-caller-bills': callerBills,
  '0021-request-ids': requestIds,
  '0022-callback-lists': callbackLists,
  '0023-search': search,
  '0024-orders': orders,
};

const migratorOf = (db: Kysely<Tables>): Migrator =>
  new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });

/** The steps that a database has not taken yet. Changes nothing. */
export async function pendingMigrations(db: Kysely<Tables>): Promise<readonly string[]> {
  const steps = await migratorOf(db).getMigrations();
  return steps.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

/**
 * Brings a database up to date, all steps in one transaction. Any number of processes may do so at once: an
 * advisory lock of the database lets one work and the others find it done. `db` must have no statement
 * timeout: the others wait. Throws LedgerUnavailableError when the database goes away meanwhile; then nothing
 * of it was kept.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await migratorOf(db).migrateToLatest();
  if (error === undefined) return;
  if (isGone(error)) throw new LedgerUnavailableError('The ledger database does not answer.', { cause: error });
  const reason = error instanceof Error ? error.message : 'no reason given';
  throw new Error(`The ledger's tables could not be brought up to date: ${reason}`, { cause: error });
}
