/**
 * Promise: a refund that the provider does not know is sent again, given up or waited for, by a table with a
 * reason in every line.
 */
import { expect, test } from 'vitest';
import type { StoredRefund } from '../../../src/ledger/refund/stored-refund.ts';
import type { Submission } from '../../../src/ledger/submissions.ts';
import type { CreateRules } from '../../../src/providers/provider.ts';
import { accountKey, merchantRefundId } from '../../../src/refunds/ids.ts';
import type { Refund } from '../../../src/refunds/refund.ts';
import { decideMissing } from '../../../src/services/settlement/decide-missing.ts';
import { RECONCILIATION } from '../../support/settling.ts';

const BEGIN = Date.parse('2026-06-01T00:00:00Z');
const at = (seconds: number) => new Date(BEGIN + seconds * 1000);

const refund: Refund = {
  account: accountKey('a'),
  provider: 'TIPAY',
  merchantRefundId: merchantRefundId('R1'),
  providerRefundId: null,
  payment: { merchantPaymentId: null, providerPaymentId: null, amount: null },
  paymentRow: null,
  amount: { minorUnits: 1n, currency: 'CNY' },
  feeRefunded: null,
  status: 'PENDING',
  providerStatus: null,
  reason: null,
  failure: null,
  createdAt: at(0),
  completedAt: null,
  observedAt: null,
  details: null,
  createdAtSource: 'PROVIDER',
  attention: {},
  version: 1,
  updatedAt: at(0),
  attempts: 1,
};
/** A request may arrive up to 15 s after it began, or after its answer was lost. */
function countFrom(last: Submission | undefined): Date | null {
  if (last === undefined) return null;
  const isOpen = last.outcome === null || last.outcome === 'unknown';
  return new Date((last.endedAt ?? last.startedAt).getTime() + (isOpen ? 15_000 : 0));
}
const stored = (answersCountFrom: Date | null, more: Partial<Refund> = {}): StoredRefund => ({
  id: '1',
  refund: { ...refund, ...more },
  submittedAt: at(0),
  answersCountFrom,
  missingSince: null,
  isAnswered: false,
  hasLeftFailed: false,
  revision: 1,
});
const send = (startedAt: number, outcome: Submission['outcome'], more: Partial<Submission> = {}): Submission => ({
  attempt: 1,
  kind: 'CREATE',
  startedAt: at(startedAt),
  endedAt: outcome === null ? null : at(startedAt + 1),
  outcome,
  refusal: null,
  ...more,
});
const rules = (repeatIsHarmless: boolean): CreateRules => ({
  paymentKeys: ['merchantPaymentId'],
  repeatIsHarmless,
  onePerPayment: false,
  retryFailed: false,
  noIsCertain: true,
  maxReasonLength: 10,
  maxPaymentIdLength: 128,
});
/** `since`: when the provider said first that it is not there, in seconds; null: it has not said so. */
const decide = (
  submissions: readonly Submission[],
  asked: number,
  harmless = true,
  since: number | null = 16,
  more: Partial<Refund> = {},
) =>
  decideMissing({
    stored: { ...stored(countFrom(submissions.at(-1)), more), missingSince: since === null ? null : at(since) },
    submissions,
    queriedAt: at(asked),
    rules: rules(harmless),
    reconciliation: RECONCILIATION,
  });

const WAIT = { kind: 'wait' };
const DENIED = { kind: 'denied' };
const AGAIN = { kind: 'send-again' };
const GIVEN_UP = { kind: 'fail', failure: { code: 'NOT_ACCEPTED' } };
const NO = { code: 'X', message: 'no', retryable: true };

test.each([
  ['the answer was lost a moment ago: it may still arrive', [send(0, 'unknown')], 15, true, WAIT],
  ['the answer was lost long enough ago', [send(0, 'unknown')], 17, true, AGAIN],
  ['the process died in the send, a moment ago', [send(0, null)], 14, true, WAIT],
  ['the process died in the send, long enough ago', [send(0, null)], 16, true, AGAIN],
  ['it never left', [send(0, 'not-sent')], 2, true, AGAIN],
  ['a repeat counts from its own end', [send(0, 'unknown'), send(100, 'unknown', { kind: 'REPEAT' })], 110, true, WAIT],
  ['the provider said that it has it', [send(0, 'known')], 1000, true, WAIT],
  ['the provider accepted it', [send(0, 'accepted')], 1000, true, WAIT],
  [
    'the round is over, its last repeat is not old enough',
    [send(0, 'unknown'), send(1700, 'unknown', { kind: 'REPEAT' })],
    1900,
    true,
    WAIT,
  ],
  [
    'the round is over, and its last repeat too',
    [send(0, 'unknown'), send(1700, 'unknown', { kind: 'REPEAT' })],
    3600,
    true,
    GIVEN_UP,
  ],
  ['where a repeat may pay twice it is never sent again', [send(0, 'unknown')], 1000, false, WAIT],
  ['not even when it never left', [send(0, 'not-sent')], 1000, false, WAIT],
  ['there it is given up', [send(0, 'unknown')], 1817, false, GIVEN_UP],
  [
    'never after the provider said that it has it: then a person must look',
    [send(0, 'known')],
    1_000_000,
    false,
    DENIED,
  ],
  ['nor after it accepted it', [send(0, 'accepted')], 1_000_000, true, DENIED],
  ['nor after a yes that could not be read', [send(0, 'accepted-unread')], 1_000_000, true, DENIED],
  [
    'nor after a repeat that was answered with yes',
    [send(0, 'unknown'), send(20, 'known', { kind: 'REPEAT' })],
    1_000_000,
    true,
    DENIED,
  ],
  [
    'a no that was doubted, and still not there',
    [send(0, 'refused', { refusal: NO })],
    10,
    false,
    { kind: 'fail', failure: NO },
  ],
  [
    'a no to a repeat, and still not there: the earlier send may have arrived',
    [send(0, 'unknown'), send(50, 'refused', { kind: 'REPEAT', attempt: 2, refusal: NO })],
    1800,
    true,
    WAIT,
  ],
  [
    'a no to a repeat, and not there for the give-up time',
    [send(0, 'unknown'), send(50, 'refused', { kind: 'REPEAT', attempt: 2, refusal: NO })],
    1817,
    true,
    { kind: 'fail', failure: NO },
  ],
  [
    'a no to the repeat of what never left',
    [send(0, 'not-sent'), send(50, 'refused', { kind: 'REPEAT', attempt: 2, refusal: NO })],
    60,
    true,
    { kind: 'fail', failure: NO },
  ],
  ['a no that came after the question', [send(0, 'unknown'), send(50, 'refused', { refusal: NO })], 50.5, true, WAIT],
  ['made elsewhere', [], 100_000, true, WAIT],
] as const)('%s', (_name, submissions, asked, harmless, decision) => {
  expect(decide(submissions, asked, harmless)).toMatchObject(decision);
});

test('what the provider has told of before is neither sent again nor given up', () => {
  const nothingSaid = { kind: 'wait', counts: false };
  expect(decide([send(0, 'unknown')], 100_000, true, 16, { observedAt: at(5) })).toEqual(nothingSaid);
  const processing = { status: 'PROCESSING', observedAt: at(5) } as const;
  expect(decide([send(0, 'unknown')], 100_000, true, 16, processing)).toEqual(nothingSaid);
});

test('after a long silence the first "not there" gives nothing up: half an hour of them does', () => {
  expect(decide([send(0, 'unknown')], 100_000, false, null)).toEqual({ kind: 'wait', counts: true });
  expect(decide([send(0, 'unknown')], 100_000, true, null)).toEqual(AGAIN);
  expect(decide([send(0, 'unknown')], 101_799, false, 100_000)).toEqual({ kind: 'wait', counts: true });
  expect(decide([send(0, 'unknown')], 101_801, false, 100_000)).toMatchObject(GIVEN_UP);
});

test('what was given up may be submitted again where that is harmless', () => {
  const late = [send(0, 'unknown'), send(10, 'unknown', { kind: 'REPEAT' })];
  expect(decide(late, 4000, true)).toMatchObject({ failure: { retryable: true } });
  expect(decide(late, 4000, false)).toMatchObject({ failure: { retryable: false } });
});

test('"no money moves" is said only of what never left', () => {
  const words = (submissions: readonly Submission[]) => {
    const decided = decide(submissions, 4000, false);
    return decided.kind === 'fail' ? decided.failure.message : decided.kind;
  };
  expect(words([send(0, 'not-sent')])).toMatch(/no money moves/);
  for (const outcome of ['unknown', null] as const) expect(words([send(0, outcome)])).not.toMatch(/no money/);
});
