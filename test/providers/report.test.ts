/** Promise: what the wings notice reaches the operator's log and everybody else who listens. */
import { expect, test } from 'vitest';
import { pino } from 'pino';
import { bothHear, logProviders } from '../../src/providers/report.ts';
import type { ProviderObserver } from '../../src/providers/wing.ts';
import { accountKey, merchantRefundId } from '../../src/refunds/ids.ts';

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

test('an unknown word is said once for each account', () => {
  const { lines, observer } = listening();
  for (const word of ['VOID', 'VOID', 'HELD', 'VOID']) observer.unknownStatus?.({ account, word });
  observer.unknownStatus?.({ account: accountKey('other'), word: 'VOID' });
  expect(lines.map((line) => [line['account'], line['word']])).toEqual([
    ['chain', 'VOID'],
    ['chain', 'HELD'],
    ['other', 'VOID'],
  ]);
});

test('a refund that waits for a person is named', () => {
  const { lines, observer } = listening();
  const news = { account, merchantRefundId: merchantRefundId('R1'), word: 'SUSPEND' };
  observer.actionNeeded?.(news);
  expect(lines).toMatchObject([{ level: 40, ...news }]);
});

test('both observers hear everything', () => {
  const heard: unknown[] = [];
  const one: ProviderObserver = {
    unknownStatus: (news) => void heard.push(news),
    unreadableMember: (news) => void heard.push(news),
    actionNeeded: (news) => void heard.push(news),
  };
  const both = bothHear(one, one);
  both.unknownStatus?.({ account, word: 'VOID' });
  both.unreadableMember?.({ account, member: 'msg' });
  both.actionNeeded?.({ account, merchantRefundId: merchantRefundId('R1'), word: 'SUSPEND' });
  expect(heard).toHaveLength(6);
});
