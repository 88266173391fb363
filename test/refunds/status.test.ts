import { describe, expect, it } from 'vitest';
import { OBSERVED_VIA, REFUND_STATUSES, type RefundStatus } from '../../src/refunds/refund.ts';
import { judgeStatus, ruleApplies, STATUS_RULES, type StatusNews } from '../../src/refunds/status.ts';

const ALL: readonly StatusNews[] = [null, ...REFUND_STATUSES].flatMap((known) =>
  REFUND_STATUSES.flatMap((told) =>
    OBSERVED_VIA.flatMap((via) =>
      [true, false, null].flatMap((askedAfter) =>
        [true, false].flatMap((retryFailed) =>
          [true, false].map((hasLeftFailed) => ({ known, told, via, askedAfter, retryFailed, hasLeftFailed })),
        ),
      ),
    ),
  ),
);

const news = (known: RefundStatus | null, told: RefundStatus, rest: Partial<StatusNews> = {}): StatusNews => ({
  known,
  told,
  via: 'QUERY',
  askedAfter: null,
  retryFailed: false,
  hasLeftFailed: false,
  ...rest,
});

describe('the table of status news', () => {
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
        if (rule.known.some((known) => reached.has(known))) for (const told of rule.told) reached.add(told);
      }
    }
    expect([...reached].toSorted()).toEqual([null, ...REFUND_STATUSES].toSorted());
  });

  it('calls the same status the same, and nothing else', () => {
    for (const cell of ALL) expect(judgeStatus(cell).meaning === 'same').toBe(cell.known === cell.told);
  });

  it('never goes back to PENDING, unless the refund was FAILED or unknown', () => {
    const back = ALL.filter((cell) => cell.told === 'PENDING' && judgeStatus(cell).meaning === 'change');
    expect(new Set(back.map(({ known }) => known))).toEqual(new Set([null, 'FAILED']));
  });

  it('lets nothing that is pushed undo SUCCEEDED or CANCELED', () => {
    for (const known of ['SUCCEEDED', 'CANCELED'] as const) {
      const undone = ALL.filter(
        (cell) =>
          cell.known === known &&
          (cell.via === 'CALLBACK' || cell.via === 'MUTATION') &&
          judgeStatus(cell).meaning === 'change',
      );
      expect(undone).toEqual([]);
    }
  });

  it('believes no answer whose question is older than what is known, where the two contradict', () => {
    const undone = ALL.filter(
      (cell) =>
        (cell.known === 'SUCCEEDED' || cell.known === 'CANCELED') &&
        cell.askedAfter === false &&
        (cell.via === 'QUERY' || cell.via === 'POLL') &&
        judgeStatus(cell).meaning === 'change',
    );
    expect(undone).toEqual([]);
  });

  it('never asks again because of a query that knew better, so that a contradiction asks no questions for ever', () => {
    const loops = ALL.filter((cell) => cell.via === 'QUERY' && cell.askedAfter === true && judgeStatus(cell).ask);
    expect(loops).toEqual([]);
  });

  it.each([
    ['a callback FAILED after SUCCEEDED', news('SUCCEEDED', 'FAILED', { via: 'CALLBACK' }), 'conflict', true],
    ['a query FAILED after SUCCEEDED', news('SUCCEEDED', 'FAILED', { askedAfter: true }), 'change', false],
    ['a late PROCESSING callback', news('SUCCEEDED', 'PROCESSING', { via: 'CALLBACK' }), 'stale', false],
    ['a callback of an unknown refund', news(null, 'SUCCEEDED', { via: 'CALLBACK' }), 'change', true],
    [
      'SUCCEEDED by callback after FAILED at TiPay',
      news('FAILED', 'SUCCEEDED', { via: 'CALLBACK', retryFailed: true }),
      'stale',
      true,
    ],
    [
      'SUCCEEDED by query after FAILED at TiPay',
      news('FAILED', 'SUCCEEDED', { askedAfter: true, retryFailed: true }),
      'change',
      false,
    ],
    [
      'SUCCEEDED by callback after FAILED elsewhere',
      news('FAILED', 'SUCCEEDED', { via: 'CALLBACK' }),
      'conflict',
      true,
    ],
    [
      'the first failure told again after a new submission',
      news('PENDING', 'FAILED', { via: 'CALLBACK', retryFailed: true, hasLeftFailed: true }),
      'stale',
      true,
    ],
    ['given up, and found after all', news('FAILED', 'PROCESSING', { askedAfter: true }), 'change', false],
  ] as const)('%s', (_, cell, meaning, ask) => {
    expect(judgeStatus(cell)).toMatchObject({ meaning, ask });
  });
});
