/**
 * Promise: a database that can be read and not be written is told as such: callers hear UNAVAILABLE, and the
 * ledger says why for a while.
 */
import { sql } from 'kysely';
import { expect, it, test } from 'vitest';
import { inTransaction } from '../../../src/ledger/database/database.ts';
import { isGone, LedgerUnavailableError } from '../../../src/ledger/database/errors.ts';
import { watchWrites } from '../../../src/ledger/database/writable.ts';
import { describeOnEachDatabase } from '../../support/database.ts';

const failed = (code: string) => Object.assign(new Error('no'), { code });

describeOnEachDatabase('a full disk', (database) => {
  it('is UNAVAILABLE, and the ledger says that it can not be written', async () => {
    const ledger = await database.open();
    expect(await ledger.whyNotWritable()).toBeNull();
    const write = inTransaction(ledger, (tx) =>
      sql.raw(`do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`).execute(tx),
    );
    await expect(write).rejects.toThrow(LedgerUnavailableError);
    expect(await ledger.whyNotWritable()).toBe('the disk of the database is full');
  });
});

test.each(['53100', '53200', '58030', '25006'])('after ten seconds without %s it is tried again', (code) => {
  let now = 1_000_000;
  const writes = watchWrites(() => new Date(now));
  expect(writes.problem()).toBeNull();
  writes.failed(failed('23505'));
  expect(writes.problem()).toBeNull();
  writes.failed(failed(code));
  now += 9_999;
  expect(writes.problem()).toMatch(/database/);
  now += 1;
  expect(writes.problem()).toBeNull();
  expect(isGone(failed(code))).toBe(true);
});

test.each([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])('a connection that is not to be trusted (%s) is one that can not be had now', (code) =>
  expect(isGone(failed(code))).toBe(true),
);
