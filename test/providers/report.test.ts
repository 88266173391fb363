/** Promise: what the wings notice reaches the operator's log and everybody else who listens. */
import { expect, test } from 'vitest';
import { pino } from 'pino';
import { bothHear, logProviders } from '../../src/providers/report.ts';
import { accountKey } from '../../src/refunds/ids.ts';

const account = accountKey('chain');

function listening() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { lines, observer: logProviders(log) };
}

test('a member that can not be read is said once for each account, not in every row', () => {
  const { lines, observer } = listening();
  for (let row = 0; row < 3; row++) observer.unreadableMember?.({ account, member: 'refundAccountDetail' });
  observer.unreadableMember?.({ account: accountKey('other'), member: 'refundAccountDetail' });
  observer.unreadableMember?.({ account, member: 'cashRefundFee' });
  expect(lines.map((line) => [line['level'], line['account'], line['member']])).toEqual([
    [40, 'chain', 'refundAccountDetail'],
    [40, 'other', 'refundAccountDetail'],
    [40, 'chain', 'cashRefundFee'],
  ]);
});

test('both observers hear everything', () => {
  const heard: unknown[] = [];
  const one = { unreadableMember: (news: unknown) => void heard.push(news) };
  bothHear(one, one).unreadableMember?.({ account, member: 'status' });
  expect(heard).toEqual([
    { account, member: 'status' },
    { account, member: 'status' },
  ]);
});
