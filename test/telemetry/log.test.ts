/**
 * Promise: each event is the line in docs/operations.md, said once where once is enough, and no flood fills
 * the log.
 */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { OperatorEvent } from '../../src/operator/event.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';
import { createLog, LINES } from '../../src/telemetry/log.ts';

const account = accountKey('chain');

function listening(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  let now = 0;
  const log = pino({ level, base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { lines, tell: createLog(log, () => new Date(now)), pass: (ms: number) => void (now += ms) };
}

describe('what providers do', () => {
  test('a member that can not be read is said once for each account, not in every row', () => {
    const { lines, tell } = listening();
    for (let row = 0; row < 3; row++) tell({ kind: 'unreadable-member', account, member: 'refundAccountDetail' });
    tell({ kind: 'unreadable-member', account: accountKey('other'), member: 'refundAccountDetail' });
    tell({ kind: 'unreadable-member', account, member: 'cashRefundFee' });
    expect(lines.map((line) => [line['level'], line['account'], line['member']])).toEqual([
      [40, 'chain', 'refundAccountDetail'],
      [40, 'other', 'refundAccountDetail'],
      [40, 'chain', 'cashRefundFee'],
    ]);
  });

  test('an unknown word is said once for each account', () => {
    const { lines, tell } = listening();
    for (const word of ['VOID', 'VOID', 'HELD', 'VOID']) tell({ kind: 'unknown-status', account, word });
    tell({ kind: 'unknown-status', account: accountKey('other'), word: 'VOID' });
    expect(lines.map((line) => [line['account'], line['word']])).toEqual([
      ['chain', 'VOID'],
      ['chain', 'HELD'],
      ['other', 'VOID'],
    ]);
  });

  test('a refund that waits for a person is named', () => {
    const { lines, tell } = listening();
    const news = { account, merchantRefundId: merchantRefundId('R1'), word: 'SUSPEND' };
    tell({ kind: 'action-needed', ...news });
    tell({ kind: 'action-needed', ...news, word: 'SUSPENDED' });
    expect(lines).toMatchObject([{ level: 40, ...news }]);
  });

  test('a call that failed is a warning with its facts, and an error has its stack', () => {
    const { lines, tell } = listening();
    const call = { account, operation: 'query refund', attempt: 1, httpStatus: 503, ms: 7 };
    tell({ kind: 'call-answered', ...call, outcome: 'ok' });
    tell({ kind: 'call-failed', ...call, outcome: 'unavailable' });
    tell({ kind: 'account-fails', account, error: new Error('no way') });
    expect(lines).toEqual([
      { level: 40, ...call, outcome: 'unavailable', msg: 'a provider failed us' },
      expect.objectContaining({ level: 40, account, err: expect.objectContaining({ message: 'no way' }) }),
    ]);
    expect(lines[0]).not.toHaveProperty('kind');
  });
});

describe('the job queue', () => {
  function failing() {
    const { lines, tell, pass } = listening();
    return {
      told: () => lines.splice(0).map(({ level, msg, others }) => [level, msg, others]),
      fail: (seconds: number) => {
        for (let second = 0; second < seconds; second += 1) {
          for (let queue = 0; queue < 3; queue += 1) tell({ kind: 'queue-disturbed', error: new Error('gone') });
          pass(1_000);
        }
      },
      recover: () => tell({ kind: 'queue-works' }),
    };
  }

  test('an outage is told once, then once a minute with the number of the others, and once that it is over', () => {
    const { told, fail, recover } = failing();
    recover();
    expect(told()).toEqual([]);
    fail(60);
    expect(told()).toEqual([[50, 'the job queue is disturbed', 0]]);
    fail(30);
    expect(told()).toEqual([[50, 'the job queue is disturbed', 179]]);
    recover();
    recover();
    expect(told()).toEqual([[30, 'the job queue works again', 89]]);
  });

  test('a queue that fails now and then does not fill the log', () => {
    const { told, fail, recover } = failing();
    for (let time = 0; time < 60; time += 1) {
      fail(1);
      recover();
    }
    expect(told()).toEqual([
      [50, 'the job queue is disturbed', 0],
      [30, 'the job queue works again', 2],
    ]);
  });
});

describe('callbacks', () => {
  const callback = (kind: Extract<OperatorEvent['kind'], `callback-${string}`>, answer = 'rejected', more = {}) => ({
    kind,
    account: 'blue',
    sender: '192.0.2.1',
    answer,
    ...more,
  });

  test('tell of what an operator should see, and not of what is as it should be', () => {
    const { lines, tell } = listening();
    tell(callback('callback-taken', 'acknowledged', { outcome: 'applied' }));
    tell(callback('callback-unknown-account', 'unknown-account'));
    expect(lines).toEqual([]);
    tell(callback('callback-flagged', 'acknowledged', { reason: 'contradicts what is known: amount' }));
    tell(callback('callback-rejected', 'rejected', { reason: 'the signature does not match' }));
    tell(callback('callback-refused', 'forbidden-address'));
    tell(callback('callback-not-kept', 'unavailable', { error: new Error('gone') }));
    expect(lines.map(({ level }) => level)).toEqual([40, 40, 40, 50]);
    expect(lines[1]).toMatchObject({ account: 'blue', sender: '192.0.2.1', reason: 'the signature does not match' });
  });

  test('a flood does not fill the log, nor hide another kind of answer', () => {
    const { lines, tell, pass } = listening();
    for (let nth = 0; nth < 1_000; nth += 1) tell(callback('callback-rejected'));
    expect(lines).toHaveLength(20);
    pass(30_000);
    for (let nth = 0; nth < 1_000; nth += 1) tell(callback('callback-rejected'));
    expect(lines).toHaveLength(23);
    tell(callback('callback-refused', 'too-large'));
    expect(lines).toHaveLength(24);
  });

  test('what is over the budget is there at `debug`', () => {
    const { lines, tell } = listening('debug');
    for (let nth = 0; nth < 30; nth += 1) tell(callback('callback-rejected'));
    expect(lines.map(({ level }) => level)).toEqual([...Array(20).fill(40), ...Array(10).fill(20)]);
  });
});

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, section = ''] = /\n## The lines of the log\n([^]*?)\n## /.exec(page) ?? [];
  const named = [...section.matchAll(/^\| (\w+) \| `([^`]+)` \|/gm)].map(([, level, text]) => `${level} ${text}`);
  const written = Object.values(LINES).flatMap((line) => (line === null ? [] : [`${line.level} ${line.text}`]));

  test('names every line that is written, at its level, and no other', () => {
    expect(named.toSorted()).toEqual(written.toSorted());
  });

  test('quotes lines elsewhere as they begin', () => {
    const quoted = [...page.replace(section, '').matchAll(/`((?:an?|the) [^`]+)`/gi)].map(([, text = '']) => text);
    const texts = Object.values(LINES).flatMap((line) => (line === null ? [] : [line.text]));
    const isAnswer = (text: string) => text === 'The ledger database does not answer';
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter((text) => !isAnswer(text) && !texts.some((line) => line.startsWith(text)))).toEqual([]);
  });
});
