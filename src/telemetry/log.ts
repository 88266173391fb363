/**
 * The log: one line for each event that an operator is told. `docs/operations.md` names every line, and a
 * test compares the two.
 */
import type { Logger } from 'pino';
import type { OperatorEvent, Tell } from '../operator/event.ts';
import type { Clock } from '../flow/clock.ts';
import { errorFacts } from './error-facts.ts';
import { currentTrace } from '../flow/trace.ts';
import { createTokenBucket } from '../flow/token-bucket.ts';

type Kind = OperatorEvent['kind'];

interface Line<Member> {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  /** When an event is not worth a line of its own. */
  readonly rule?:
    /**
     * Said once for the same values of these members: what a provider writes otherwise is so in every row of
     * every page.
     */
    | { readonly kind: 'once'; readonly per: readonly Member[] }
    /** For the same values of these members the log has a budget; what is over it is a line at `debug`. */
    | { readonly kind: 'budget'; readonly per: readonly Member[] }
    /** The first is said, then at most one in this time, with the number of the `others`. */
    | { readonly kind: 'seldom'; readonly quietMs: number }
    /** Said only after that line, with the number of the `others` since. */
    | { readonly kind: 'end-of'; readonly line: Kind };
}

/**
 * Anybody can send callbacks, so strangers must not fill the log: so many lines at once, then one each ten
 * seconds.
 */
const CALLBACK_LINES = { burst: 20, perSecond: 0.1 };
const BY_SENDER = { kind: 'budget', per: ['account', 'answer'] } as const;

/** The line of each kind of event; null: counted only. */
export const LINES: {
  readonly [K in Kind]: Line<Exclude<keyof Extract<OperatorEvent, { readonly kind: K }> & string, 'kind'>> | null;
} = {
  stopping: { level: 'info', text: 'stopping' },
  stopped: { level: 'info', text: 'stopped' },
  'sandbox-used': { level: 'info', text: 'no REFUNDS_CONFIG: using the built-in sandbox' },
  'sandbox-noted': { level: 'warn', text: 'a note of the built-in sandbox' },
  'call-answered': { level: 'debug', text: 'called a provider' },
  'call-failed': { level: 'warn', text: 'a provider failed us' },
  'breaker-changed': { level: 'warn', text: 'the breaker of an account changed' },
  'unknown-status': {
    level: 'warn',
    text: 'an unknown status word; shown as PROCESSING; said once',
    rule: { kind: 'once', per: ['account', 'word'] },
  },
  'action-needed': {
    level: 'warn',
    text: "a refund waits for somebody to act in the provider's console; said once",
    rule: { kind: 'once', per: ['account', 'merchantRefundId'] },
  },
  'unreadable-member': {
    level: 'warn',
    text: 'a member of a provider can not be read and is left out; said once',
    rule: { kind: 'once', per: ['account', 'member'] },
  },
  'unreadable-record': {
    level: 'warn',
    text: 'a record of a provider can not be read and is left out; said once',
    rule: { kind: 'once', per: ['account', 'operation', 'member'] },
  },
  'accounts-overlap': {
    level: 'warn',
    text: 'two accounts share one list, and its rows do not say whose they are; each refund counts twice',
  },
  'account-answers': { level: 'debug', text: 'the account answers' },
  'account-fails': { level: 'warn', text: 'the account does not answer as it should' },
  'create-answer-strange': { level: 'warn', text: 'the answer to a create speaks of another refund' },
  'stored-details-unreadable': {
    level: 'warn',
    text: 'the details of a stored refund can not be read; it is shown without them; said once',
    rule: { kind: 'once', per: ['account', 'merchantRefundId'] },
  },
  'busy-refund-unknown': { level: 'warn', text: 'the refund that keeps a payment busy could not be queried' },
  'attention-needed': {
    level: 'warn',
    text: 'a person must look at a refund; said once for each reason',
    rule: { kind: 'once', per: ['account', 'merchantRefundId', 'reason'] },
  },
  'refund-closed': { level: 'warn', text: 'a person ended a refund by hand' },
  'account-gone': { level: 'warn', text: 'a refund of an account that is not configured is left alone' },
  'settling-failed': { level: 'warn', text: 'a refund could not be settled; tried again later' },
  'jobs-missing': { level: 'warn', text: 'unfinished refunds had no job; they have one now' },
  'sweep-failed': { level: 'warn', text: 'unfinished refunds could not be looked for' },
  'copy-goes-on': { level: 'info', text: "copying a provider's list into the ledger" },
  'copy-is-whole': { level: 'info', text: "the copy of a provider's list is whole; every filter is answered from it" },
  'copy-is-short': {
    level: 'warn',
    text: 'rows of a list are missing in its copy; it goes back for them',
    rule: { kind: 'seldom', quietMs: 600_000 },
  },
  'copy-begun-anew': { level: 'warn', text: 'the rows around the place of the copy have gone; it begins anew' },
  'copy-failed': { level: 'warn', text: "a provider's list could not be copied on; tried again later" },
  'callback-applied': { level: 'info', text: 'applied a callback' },
  'callback-taken': { level: 'debug', text: 'took a callback in that was known' },
  'callback-flagged': {
    level: 'warn',
    text: 'a callback contradicts what is known, or can not decide alone; the provider is queried',
    rule: BY_SENDER,
  },
  'callback-rejected': { level: 'warn', text: 'a callback was not believed', rule: BY_SENDER },
  // The name is whatever a stranger wrote: no budget could be kept for each.
  'callback-unknown-account': { level: 'debug', text: 'a callback for an account that is not configured' },
  'callback-refused': { level: 'warn', text: 'a callback was refused unread', rule: BY_SENDER },
  'callback-not-kept': { level: 'error', text: 'a callback could not be kept and must come again', rule: BY_SENDER },
  'callback-failed': {
    level: 'error',
    text: 'a callback could not be taken in, by a mistake of ours, and must come again',
    rule: BY_SENDER,
  },
  // While the database is away every queue fails each second.
  'queue-disturbed': { level: 'error', text: 'the job queue is disturbed', rule: { kind: 'seldom', quietMs: 60_000 } },
  'queue-works': {
    level: 'info',
    text: 'the job queue works again',
    rule: { kind: 'end-of', line: 'queue-disturbed' },
  },
  'feed-disturbed': { level: 'error', text: 'the event feed is disturbed; tried again each second' },
  'feed-works': { level: 'info', text: 'the event feed works again' },
  'feed-set-back': {
    level: 'error',
    text: 'the ledger has lost its last events; subscriptions were told to begin anew',
  },
  'ledger-may-forget': { level: 'warn', text: 'the database may forget refunds' },
  'bills-disturbed': {
    level: 'warn',
    text: "callers' bills could not be settled with the other servers",
    rule: { kind: 'seldom', quietMs: 60_000 },
  },
  'caller-refused': {
    level: 'warn',
    text: 'a caller has used up a minute and was refused',
    rule: { kind: 'seldom', quietMs: 60_000 },
  },
  'connection-refused': {
    level: 'warn',
    text: 'a connection over the limits was refused',
    rule: { kind: 'seldom', quietMs: 60_000 },
  },
  'mutation-answered': { level: 'info', text: 'answered a mutation' },
  'personal-data-read': { level: 'info', text: 'a caller read data that may name a person' },
  'refunds-exported': { level: 'info', text: 'a caller took refunds away in a file' },
  'request-answered': null,
  'ledger-away': { level: 'warn', text: 'a request found no ledger' },
  'request-abandoned': { level: 'info', text: 'a request was given up by its client' },
  'request-failed': { level: 'error', text: 'a request failed unexpectedly' },
  'tokens-unchecked': { level: 'error', text: 'tokens can not be checked' },
  'websocket-broke': { level: 'debug', text: 'a WebSocket broke' },
  'websocket-message-failed': { level: 'error', text: 'a WebSocket message failed unexpectedly' },
  'yoga-warned': { level: 'warn', text: 'a warning of GraphQL Yoga' },
};

/** Writes the events into the log, by the table. */
export function createLog(log: Logger, clock: Clock): Tell {
  const said = new Set<string>();
  const budget = createTokenBucket(clock, CALLBACK_LINES);
  const quiet = new Map<Kind, { toldAt: number; others: number; isOpen: boolean }>();

  /**
   * The level at which an event is written now, and what the line says beside the event's own members; null:
   * no line.
   */
  function decide(
    event: OperatorEvent,
    { level, rule }: Line<string>,
  ): { level: Line<string>['level']; more?: object } | null {
    switch (rule?.kind) {
      case undefined:
        return { level };
      case 'once': {
        const name = nameOf(event, rule.per);
        if (said.has(name)) return null;
        said.add(name);
        return { level };
      }
      case 'budget':
        return { level: budget.take(nameOf(event, rule.per)) ? level : 'debug' };
      case 'seldom': {
        const now = clock().getTime();
        const last = quiet.get(event.kind);
        if (last !== undefined && Math.abs(now - last.toldAt) < rule.quietMs) {
          last.others += 1;
          return null;
        }
        quiet.set(event.kind, { toldAt: now, others: 0, isOpen: true });
        return { level, more: { others: last?.others ?? 0 } };
      }
      case 'end-of': {
        const last = quiet.get(rule.line);
        if (last === undefined || !last.isOpen) return null;
        const { others } = last;
        quiet.set(rule.line, { ...last, others: 0, isOpen: false });
        return { level, more: { others } };
      }
    }
  }

  return (event) => {
    const line: Line<string> | null = LINES[event.kind];
    if (line === null) return;
    const decided = decide(event, line);
    if (decided === null || !log.isLevelEnabled(decided.level)) return;
    log[decided.level]({ ...factsOf(event), ...decided.more }, line.text);
  };
}

const membersOf = (event: OperatorEvent): Readonly<Record<string, unknown>> => ({ ...event });

const nameOf = (event: OperatorEvent, names: readonly string[]): string => {
  const members = membersOf(event);
  return JSON.stringify([event.kind, ...names.map((name) => members[name])]);
};

/** The event's members, and the id of the request that it belongs to. */
function factsOf(event: OperatorEvent): object {
  const { kind: _kind, error, ...facts } = membersOf(event);
  const { requestId } = currentTrace() ?? {};
  return {
    ...(requestId !== undefined && { requestId }),
    ...facts,
    ...(error !== undefined && { err: errorFacts(error) }),
  };
}
