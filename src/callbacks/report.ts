/** What the operator hears of callbacks. Anybody can send here, so the log is never filled by what strangers send. */
import type { Logger } from 'pino';
import type { Clock } from '../flow/clock.ts';
import { createTokenBucket } from '../flow/token-bucket.ts';
import type { CallbackReport } from './route.ts';

/** Lines above `debug` for each account and kind of answer: so many at once, then one each ten seconds. */
const LINES = { burst: 20, perSecond: 0.1 };

/** Makes the hearer of reports that writes them to the log. Bodies are never logged. */
export function createCallbackLog(log: Logger, clock: Clock): (report: CallbackReport) => void {
  const lines = createTokenBucket(clock, LINES);
  return ({ account, sender, answer, received, error }) => {
    const line = lineOf(answer, received);
    const facts = {
      account: account.slice(0, 64),
      sender,
      answer,
      outcome: received?.kind,
      reason: received?.reason ?? undefined,
      ...(error === null ? {} : { err: error }),
    };
    const isHeard = line.level !== 'debug' && lines.take(`${account} ${answer}`);
    log[isHeard ? line.level : 'debug'](facts, line.message);
  };
}

interface Line {
  readonly level: 'debug' | 'warn' | 'error';
  readonly message: string;
}

function lineOf(answer: CallbackReport['answer'], received: CallbackReport['received']): Line {
  switch (answer) {
    case 'acknowledged':
      return received?.kind === 'flagged'
        ? { level: 'warn', message: 'a callback contradicts what is known; the provider is asked' }
        : { level: 'debug', message: 'took a callback in' };
    case 'rejected':
      return { level: 'warn', message: 'a callback was not believed' };
    case 'unknown-account':
      // The name is whatever a stranger wrote: no budget could be kept for each.
      return { level: 'debug', message: 'a callback for an account that is not configured' };
    case 'forbidden-address':
    case 'wrong-method':
    case 'wrong-type':
    case 'too-large':
      return { level: 'warn', message: 'a callback was refused unread' };
    case 'unavailable':
      return { level: 'error', message: 'a callback could not be kept and must come again' };
    case 'failed':
      return { level: 'error', message: 'a callback could not be taken in, by a mistake of ours, and must come again' };
  }
}
