import { describe, expect, it } from 'vitest';
import { OBSERVED_VIA, REFUND_STATUSES, type RefundStatus } from '../../src/refunds/refund.ts';
import { judgeStatus, ruleApplies, STATUS_RULES, type StatusUpdate } from '../../src/refunds/status.ts';

const ALL: readonly StatusUpdate[] = [null, ...REFUND_STATUSES].flatMap((stored) =>
  REFUND_STATUSES.flatMap((incoming) =>
    OBSERVED_VIA.flatMap((via) =>
      [true, false, null].flatMap((queriedAfter) =>
        [true, false].flatMap((retryFailed) =>
          [true, false].map((hasLeftFailed) => ({ stored, incoming, via, queriedAfter, retryFailed, hasLeftFailed })),
        ),
      ),
    ),
  ),
);

const update = (
  stored: RefundStatus | null,
  incoming: RefundStatus,
  rest: Partial<StatusUpdate> = {},
): StatusUpdate => ({
  stored,
  incoming,
  via: 'QUERY',
  queriedAfter: null,
  retryFailed: false,
  hasLeftFailed: false,
  ...rest,
});

describe('the table of status updates', () => {
  it('has exactly one line for everything that can be told', () => {
    const wrong = ALL.filter((cell) => STATUS_RULES.filter((rule) => ruleApplies(rule, cell)).length !== 1);
    expect(wrong).toEqual([]);
  });

  it('has no line that can never apply, and a reason in each', () => {
    expect(STATUS_RULES.filter((rule) => !ALL.some((cell) => ruleApplies(rule, cell)))).toEqual([]);
    expect(STATUS_RULES.filter(({ reason }) => !/^\S.{10,}\.$/.test(reason))).toEqual([]);
  });

  it('names only known states, and reaches every one from nothing', () => {
    const reached = new Set<RefundStatus | null>([null]);
    for (const _ of REFUND_STATUSES) {
      for (const rule of STATUS_RULES.filter(({ meaning }) => meaning === 'change')) {
        if (rule.stored.some((stored) => reached.has(stored)))
          for (const incoming of rule.incoming) reached.add(incoming);
      }
    }
    expect([...reached].toSorted()).toEqual([null, ...REFUND_STATUSES].toSorted());
  });

  it('calls the same status the same, and nothing else', () => {
    for (const cell of ALL) expect(judgeStatus(cell).meaning === 'same').toBe(cell.stored === cell.incoming);
  });

  it('never goes back to PENDING, unless the refund was FAILED or unknown', () => {
    const back = ALL.filter((cell) => cell.incoming === 'PENDING' && judgeStatus(cell).meaning === 'change');
    expect(new Set(back.map(({ stored }) => stored))).toEqual(new Set([null, 'FAILED']));
  });

  it('lets nothing that is pushed undo SUCCEEDED or CANCELED', () => {
    for (const stored of ['SUCCEEDED', 'CANCELED'] as const) {
      const undone = ALL.filter(
        (cell) =>
          cell.stored === stored &&
          (cell.via === 'CALLBACK' || cell.via === 'MUTATION') &&
          judgeStatus(cell).meaning === 'change',
      );
      expect(undone).toEqual([]);
    }
  });

  it('believes no answer whose query is older than what is known, where the two contradict', () => {
    const undone = ALL.filter(
      (cell) =>
        (cell.stored === 'SUCCEEDED' || cell.stored === 'CANCELED') &&
        cell.queriedAfter === false &&
        (cell.via === 'QUERY' || cell.via === 'POLL') &&
        judgeStatus(cell).meaning === 'change',
    );
    expect(undone).toEqual([]);
  });

  it('never queries again because of a query that knew better, so that a contradiction makes no queries for ever', () => {
    const loops = ALL.filter(
      (cell) => cell.via === 'QUERY' && cell.queriedAfter === true && judgeStatus(cell).queryAgain,
    );
    expect(loops).toEqual([]);
  });

  it.each([
    ['a callback FAILED after SUCCEEDED', update('SUCCEEDED', 'FAILED', { via: 'CALLBACK' }), 'conflict', true],
    ['a query FAILED after SUCCEEDED', update('SUCCEEDED', 'FAILED', { queriedAfter: true }), 'change', false],
    ['a late PROCESSING callback', update('SUCCEEDED', 'PROCESSING', { via: 'CALLBACK' }), 'stale', false],
    ['a callback of an unknown refund', update(null, 'SUCCEEDED', { via: 'CALLBACK' }), 'change', true],
    [
      'SUCCEEDED by callback after FAILED at TiPay',
      update('FAILED', 'SUCCEEDED', { via: 'CALLBACK', retryFailed: true }),
      'stale',
      true,
    ],
    [
      'SUCCEEDED by query after FAILED at TiPay',
      update('FAILED', 'SUCCEEDED', { queriedAfter: true, retryFailed: true }),
      'change',
      false,
    ],
    [
      'SUCCEEDED by callback after FAILED elsewhere',
      update('FAILED', 'SUCCEEDED', { via: 'CALLBACK' }),
      'conflict',
      true,
    ],
    [
      'the first failure told again after a new submission',
      update('PENDING', 'FAILED', { via: 'CALLBACK', retryFailed: true, hasLeftFailed: true }),
      'stale',
      true,
    ],
    ['given up, and found after all', update('FAILED', 'PROCESSING', { queriedAfter: true }), 'change', false],
  ] as const)('%s', (_, cell, meaning, queryAgain) => {
    expect(judgeStatus(cell)).toMatchObject({ meaning, queryAgain });
  });
});
