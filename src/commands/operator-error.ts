/**
 * Why a process did not start, or a command did not work, as a sentence for the operator. Other errors keep
 * their stack.
 */
import { ConfigurationError } from '../config/problem.ts';
import {
  codeOf,
  DataDirInUseError,
  isTlsCode,
  LedgerUnavailableError,
  LedgerUnusableError,
} from '../ledger/database/errors.ts';

/**
 * SQLSTATEs with which PostgreSQL refuses a client: credentials (28xxx), no such database (3D000), no rights
 * (42501), no schema that it may see (3F000).
 */
const TURNED_AWAY = /^(28\w{3}|3D000|42501|3F000)$/;

/** Of these: it knows us, and does not let us make tables. */
const LACKS_A_RIGHT = /^(42501|3F000)$/;

/** The sentence, or null for an unexpected error. */
function operatorSentence(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof ConfigurationError || error instanceof DataDirInUseError) return error.message;
  if (error instanceof LedgerUnusableError) return error.message;
  const database = causesOf(error).find((cause) => TURNED_AWAY.test(codeOf(cause)) || isTlsCode(codeOf(cause)));
  if (database !== undefined && isTlsCode(codeOf(database))) {
    return (
      `The connection to the ledger database can't be trusted (${codeOf(database)}): see whether its certificate is of ` +
      'the name in DATABASE_URL and of an authority that sslrootcert or NODE_EXTRA_CA_CERTS names.'
    );
  }
  if (database !== undefined) {
    const { message } = database;
    return LACKS_A_RIGHT.test(codeOf(database))
      ? `The user of DATABASE_URL lacks a right (${message}): grant it, or run npm run migrate once as a user who has it.`
      : `The ledger database turns us away (${message}): see what DATABASE_URL says.`;
  }
  if (error instanceof LedgerUnavailableError) {
    return `The ledger database does not answer${reasonOf(error)}: see whether it runs and what DATABASE_URL says.`;
  }
  if ('syscall' in error && error.syscall === 'listen') {
    return `The server can't listen (${error.message}): stop what listens there, or set PORT, HOST or METRICS_PORT.`;
  }
  if (/^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR)$/.test(codeOf(error))) {
    return `A file can't be written (${error.message}): see what DATA_DIR says, and whether there is room.`;
  }
  return null;
}

/** The error, and what it says that it was caused by. */
function causesOf(error: Error): readonly Error[] {
  const found: Error[] = [];
  for (let each: unknown = error; each instanceof Error && !found.includes(each); each = each.cause) found.push(each);
  return found;
}

function reasonOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return '';
  // A name with several addresses fails with all their errors, and without words of its own.
  const reason = cause.message === '' ? codeOf(cause) : cause.message;
  return reason === '' ? '' : ` (${reason})`;
}

/** Ends a process with the sentence and exit code 1; throws what has none. */
export function endWith(error: unknown): void {
  const sentence = operatorSentence(error);
  if (sentence === null) throw error;
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
