/**
 * Promise: whatever dies, is lost, or comes twice or late, a refund is made once, and the ledger ends with
 * what the provider says. This is a short version of `npm run chaos`. It also tests the judge of both, which
 * must find planted faults.
 */
import { describe, expect, test } from 'vitest';
import { runCampaign } from '../../bench/chaos/campaign.ts';
import { judge, storiesOf, type Evidence } from '../../bench/chaos/judge.ts';
import { calmPlan, SHARED_PAYMENTS } from '../../bench/chaos/plan.ts';
import type { Arrival, Call, Execution, LedgerRefund, Notice } from '../../bench/chaos/records.ts';
import { tellStory } from '../../bench/chaos/story.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? '';

test('servers are killed in the middle of things, and the books agree', { timeout: 300_000 }, async () => {
  const { report, figures } = await runCampaign({
    database: SERVER === '' ? 'embedded' : 'postgres',
    kills: 4,
    seed: Date.now() % 1_000_000,
    minutes: 0.2,
    clients: 4,
    slowest: 0,
    interrupted: new AbortController().signal,
    say: () => undefined,
  });
  expect(report).toBe('');
  expect(figures.kills).toBeGreaterThan(0);
  expect(figures.executed).toBeGreaterThan(0);
});

describe('the judge', () => {
  const plan = calmPlan('K', 'library', 'OWN', 1_292n);
  const refund = { id: 'UmVmdW5k', merchantRefundId: 'R1', status: 'SUCCEEDED' };
  const call: Call = {
    at: 1_000,
    key: 'K',
    verb: 'create',
    instance: 0,
    endedAt: 5_000,
    answer: { type: 'CreateRefundSuccess', replayed: false, refund, message: null },
  };
  const arrival: Arrival = {
    at: 1_100,
    key: 'K',
    account: 'library',
    merchantRefundId: 'R1',
    amount: 1_292n,
    instance: 0,
    fate: { deed: 'execute', answer: 'well', pauseMs: 0 },
    wasKnown: false,
  };
  const execution: Execution = {
    at: 1_200,
    key: 'K',
    account: 'library',
    payment: 'OWN',
    merchantRefundId: 'R1',
    providerRefundId: 'P1',
    amount: 1_292n,
    isRepeat: false,
    status: 'SUCCEEDED',
    endedAt: 2_000,
  };
  const notice: Notice = {
    at: 2_100,
    key: 'K',
    status: 'SUCCEEDED',
    url: 'http://127.0.0.1:1/notify/library',
    answer: 'acknowledged',
    forged: false,
  };
  const kept: LedgerRefund = {
    account: 'library',
    merchantRefundId: 'R1',
    providerRefundId: 'P1',
    key: 'K',
    amount: 1_292n,
    status: 'SUCCEEDED',
    failure: null,
    notices: 1,
    events: [
      { at: 1_000, type: 'REQUESTED', status: 'PENDING', via: 'MUTATION' },
      { at: 2_100, type: 'STATUS_CHANGED', status: 'SUCCEEDED', via: 'CALLBACK' },
    ],
    sends: [{ at: 1_000, kind: 'CREATE', outcome: 'accepted', endedAt: 1_300 }],
  };
  const sound: Evidence = {
    plans: [plan],
    calls: [call],
    arrivals: [arrival],
    executions: [execution],
    notices: [notice],
    refunds: [kept],
    cuts: [],
  };
  const told = (status: string, more: Partial<Call> = {}, id = refund.id): Call => ({
    ...call,
    ...more,
    answer: { type: 'CreateRefundSuccess', replayed: true, refund: { ...refund, id, status }, message: null },
  });
  const answered = (verb: Call['verb'], type: string, replayed: boolean | null = null): Call => ({
    ...call,
    verb,
    answer: { type, replayed, refund: null, message: 'why' },
  });

  test('has nothing to say when all is well', () => {
    expect(judge(sound)).toEqual([]);
  });

  test.each<[string, Partial<Evidence>]>([
    ['2 refunds were executed for one key', { executions: [execution, { ...execution, merchantRefundId: 'R2' }] }],
    ['was executed 2 times', { executions: [execution, { ...execution, isRepeat: true }] }],
    ['sent 2 times to a provider that may pay each time', { arrivals: [arrival, arrival] }],
    ['asked for 1292 of OWN, executed 1293', { executions: [{ ...execution, amount: 1_293n }] }],
    ['were given 2 refunds', { calls: [call, told('SUCCEEDED', {}, 'another')] }],
    ['a client saw the refund R1, and the ledger has lost it', { refunds: [{ ...kept, merchantRefundId: 'R9' }] }],
    ['the ledger has no such key', { calls: [], notices: [], refunds: [] }],
    ['told SUCCEEDED, and the provider had not succeeded', { executions: [{ ...execution, endedAt: 6_000 }] }],
    ['told SUCCEEDED, and the provider had not succeeded', { executions: [] }],
    ['told FAILED while the provider had the refund', { calls: [told('FAILED', { at: 3_000 })] }],
    ['told FAILED while the provider had the refund', { calls: [told('FAILED', { at: 1_300, endedAt: 1_400 })] }],
    [
      'told FAILED, and the provider executed the refund later',
      { calls: [told('FAILED', { at: 900, endedAt: 1_000 })] },
    ],
    ['R1 is still PENDING', { refunds: [{ ...kept, status: 'PENDING' }] }],
    ['R1 is SUCCEEDED, and the provider never executed it', { executions: [] }],
    ['R1 is FAILED, and the provider says SUCCEEDED', { refunds: [{ ...kept, status: 'FAILED' }] }],
    ['R1 has another id at the provider', { refunds: [{ ...kept, providerRefundId: 'P2' }] }],
    [
      'create was answered error INTERNAL_SERVER_ERROR: why',
      { calls: [call, answered('create', 'error INTERNAL_SERVER_ERROR')] },
    ],
    ['misuse was answered CreateRefundSuccess', { calls: [call, answered('misuse', 'CreateRefundSuccess')] }],
    [
      'the same call again did not bring the same refund',
      { calls: [call, answered('replay', 'CreateRefundSuccess', false)] },
    ],
    ['2 calls were told that theirs made the refund', { calls: [call, call] }],
    ['a forged notice was believed', { notices: [{ ...notice, forged: true }] }],
    ['2 notices were acknowledged, 1 are kept', { notices: [notice, notice] }],
    ['R1 is in the ledger, and nobody asked for it', { refunds: [{ ...kept, key: null }] }],
    ['R1 was executed, and nobody asked for it', { executions: [{ ...execution, key: 'X' }] }],
    [
      'of the payment SHARED0 30001 of 30000 was given back',
      { executions: [execution, { ...execution, key: 'X', payment: SHARED_PAYMENTS[0] ?? '', amount: 30_001n }] },
    ],
  ])('says: %s', (sentence, tampered) => {
    const sentences = judge({ ...sound, ...tampered }).map((violation) => violation.sentence);
    expect(sentences).toContainEqual(expect.stringContaining(sentence));
  });

  test('tells the story of a refund as a table', () => {
    const [story] = storiesOf(sound);
    if (story === undefined) throw new Error('no story');
    const text = tellStory(story, [{ at: 1_500, instance: 0, moment: 'create executed' }], 0);
    expect(`\n${text}\n`).toBe(`
K: 12.92 CNY of the payment OWN, account library
  seconds   where     what                                      amount     status
  --------  --------  ----------------------------------------  ---------  ---------
     1.000  client    create → instance 0                       12.92 CNY
     1.000  ledger    REQUESTED R1 (MUTATION)                              PENDING
     1.000  ledger    send 1 begins (CREATE)
     1.100  provider  create R1 from instance 0: execute, well  12.92 CNY
     1.200  provider  EXECUTES R1 as P1                         12.92 CNY
     1.300  ledger    send 1 ended: accepted
     1.500  kill      instance 0 (create executed)
     2.000  provider  ends P1                                              SUCCEEDED
     2.100  provider  notice to 127.0.0.1:1: acknowledged                  SUCCEEDED
     2.100  ledger    STATUS_CHANGED R1 (CALLBACK)                         SUCCEEDED
     5.000  client    ← CreateRefundSuccess R1                             SUCCEEDED
the ledger has R1: 12.92 CNY SUCCEEDED
`);
  });
});
