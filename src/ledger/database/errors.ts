/** What can be wrong with the ledger as a whole. */

/**
 * The database can't be reached, or went away. A transaction that was being committed may have been kept. Try
 * again later.
 */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
}

/** Another process holds the data folder. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';

  constructor(dataDir: string) {
    super(
      `The data folder ${dataDir} is in use by another process: stop that one, give this one another DATA_DIR, ` +
        'or run several over one PostgreSQL (DATABASE_URL).',
    );
  }
}

/** The database is there, and is not one that the ledger can live in. The message says what to do. */
export class LedgerUnusableError extends Error {
  override readonly name = 'LedgerUnusableError';
}

/**
 * SQLSTATEs that say "not now": shutdowns (57P0x), connections (08xxx, 53300), too slow (57014), no room on
 * the disk (53100), a disk that fails (58030), no memory (53200), only to be read since a failover (25006).
 */
const GONE_STATE = /^(08\w{3}|57P0[1-5]|57014|53[123]00|58030|25006)$/;
/** The connection could not be encrypted, or the other end not be known: Node's codes of TLS. */
const GONE_TLS = /^(EPROTO$|ERR_TLS_|ERR_SSL_|UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA)/;
const GONE_SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
/** The driver's own errors, and those of Kysely about it, have no code. */
const GONE_WORDS =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|connection error and is not queryable|Cannot use a pool after calling end|Client was closed|PGlite is clos|connection has been discarded/i;

/** 55000 says this, of a database that is being moved or dropped, and many a thing that is a mistake. */
const SHUT_WORDS = /is not currently accepting connections/i;

/** The code of a database's or the system's error; empty where it has none. */
export const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** What another transaction has written meanwhile leaves this one without sense. */
export class CollisionError extends Error {
  override readonly name = 'CollisionError';
}

/**
 * Whether the transaction may simply be run again: it was undone because of another one that ran beside it,
 * or of a migration.
 */
export const isCollision = (error: unknown): boolean =>
  error instanceof CollisionError ||
  isPlanOutdated(error) ||
  (error instanceof Error && ['40001', '40P01'].includes(codeOf(error)));

/**
 * Whether a statement failed only because its plan is of before a migration (0A000), or was lost (26000):
 * planned anew it works.
 */
export const isPlanOutdated = (error: unknown): boolean =>
  error instanceof Error &&
  (codeOf(error) === '26000' || (codeOf(error) === '0A000' && error.message.includes('cached plan')));

/** Whether an error's code says that a connection could not be encrypted as it should. */
export const isTlsCode = (code: string): boolean => GONE_TLS.test(code);

/** Whether it says that the database went away, in whosever words. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === '55000') return SHUT_WORDS.test(error.message);
  return GONE_STATE.test(code) || GONE_SOCKET.test(code) || isTlsCode(code) || GONE_WORDS.test(error.message);
}

/** The same promise, with the database's many ways to be away as one error. */
export async function unlessGone<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!isGone(error) || error instanceof LedgerUnavailableError) throw error;
    throw new LedgerUnavailableError('The ledger database does not answer.', { cause: error });
  }
}
