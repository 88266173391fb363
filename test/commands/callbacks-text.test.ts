import { describe, expect, it } from 'vitest';
import { readCommand } from '../../src/commands/callbacks-parse.ts';
import { printCallback, printList, printReplay } from '../../src/commands/callbacks-print.ts';
import type { KeptCallback } from '../../src/ledger/callback-search.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const read = (line: string) => readCommand(line.split(' '), NOW);

describe('the words after `npm run callbacks --`', () => {
  it('list, with everything or what is asked for', () => {
    const all = { state: null, account: null, refund: null, since: null, limit: 50 };
    expect(read('list')).toEqual({ kind: 'list', search: all });
    expect(read('list --state flagged --account blue --refund R1 --since 2h --limit 5')).toEqual({
      kind: 'list',
      search: { state: 'FLAGGED', account: 'blue', refund: 'R1', since: new Date('2026-11-23T10:00:00Z'), limit: 5 },
    });
    expect(read('list --since 2026-11-01')).toMatchObject({ search: { since: new Date('2026-11-01T00:00:00Z') } });
    expect(read('list --since 3d')).toMatchObject({ search: { since: new Date('2026-11-20T12:00:00Z') } });
  });

  it('show and replay', () => {
    expect(read('show 0192')).toEqual({ kind: 'show', id: '0192' });
    expect(read('replay 0192')).toEqual({ kind: 'replay', id: '0192' });
  });

  it.each([
    ['', 'say list'],
    ['show', 'say list'],
    ['show a b', 'say list'],
    ['list all', 'say list'],
    ['delete 1', 'say list'],
    ['list --state odd', '--state: expected applied, flagged or rejected, got odd'],
    ['list --since yesterday', '--since: expected 30m, 2h, 3d or a date, got yesterday'],
    ['list --since 2026-99-99', '--since'],
    ['list --limit 0', '--limit'],
    ['list --limit many', '--limit'],
    ['list --colour red', '--colour'],
  ])('"%s" is answered by what is wrong', (line, problem) => {
    expect(read(line)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) });
  });
});

const kept: KeptCallback = {
  id: '019aaa00-0000-7000-8000-000000000001',
  account: accountKey('blue'),
  state: 'REJECTED',
  reason: 'the signature does not match',
  merchantRefundId: null,
  contentType: 'application/json',
  bodySize: 9,
  headers: {},
  remoteAddress: '203.0.113.9',
  receivedAt: NOW,
  lastReceivedAt: NOW,
  timesReceived: 2,
};

describe('what is printed', () => {
  it('of many: a line each', () => {
    const applied: KeptCallback = { ...kept, state: 'APPLIED', reason: null, merchantRefundId: merchantRefundId('R1') };
    expect(printList([kept, applied])).toBe(
      [
        'ID                                    RECEIVED                  ACCOUNT  STATE     REFUND  TIMES  REASON',
        '019aaa00-0000-7000-8000-000000000001  2026-11-23T12:00:00.000Z  blue     REJECTED  -       ×2     the signature does not match',
        '019aaa00-0000-7000-8000-000000000001  2026-11-23T12:00:00.000Z  blue     APPLIED   R1      ×2',
        '',
      ].join('\n'),
    );
    expect(printList([])).toBe('No callback fits.\n');
  });

  it('of one: all of it, and nothing that could drive a terminal', () => {
    const text = printCallback({ ...kept, body: Buffer.from('{"a":"\u001b]0;x\u0007\u202e中"}\n') });
    expect(text).toContain('from           203.0.113.9\n');
    expect(text).toContain('{"a":"\\u{1b}]0;x\\u{7}\\u{202e}中"}\\u{a}\n');
    expect(text).toContain('2 in all');
    expect(printCallback({ ...kept, body: null })).toContain('9 bytes, not kept');
  });

  it('of a replay: what it brought', () => {
    expect(printReplay({ kind: 'unknown' })).toEqual({ text: 'There is no callback of this id.\n', isGood: false });
    expect(printReplay({ kind: 'rejected', reason: 'no' })).toEqual({
      text: 'It is still not believed: no.\n',
      isGood: false,
    });
    expect(printReplay({ kind: 'impossible', reason: 'so it is' }).isGood).toBe(false);
  });
});
