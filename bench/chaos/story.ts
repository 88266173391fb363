/**
 * The story of one refund as a bookkeeper reads it: who did what, when, with which money, and what is in the
 * books.
 */
import { currencyOf } from './providers.ts';
import type { Story } from './judge.ts';
import type { Kill } from './records.ts';

interface Line {
  readonly at: number;
  readonly where: string;
  readonly what: string;
  readonly amount: string;
  readonly status: string;
}

/** A table, oldest first. Times are seconds since the run began. */
export function tellStory(story: Story, kills: readonly Kill[], began: number): string {
  const { plan, calls, arrivals, executions, notices, refunds } = story;
  const money = (minor: bigint): string => {
    const text = minor.toString().padStart(3, '0');
    return `${text.slice(0, -2)}.${text.slice(-2)} ${currencyOf(plan.account)}`;
  };
  const line = (at: number, where: string, what: string, amount = '', status = ''): Line => ({
    at,
    where,
    what,
    amount,
    status,
  });
  const own: readonly Line[] = [
    ...calls.flatMap(({ at, endedAt, verb, instance, answer }) => [
      line(at, 'client', `${verb} → instance ${instance}`, verb === 'create' ? money(plan.amount) : ''),
      answer === null
        ? line(endedAt, 'client', `no answer from instance ${instance}`)
        : line(
            endedAt,
            'client',
            `← ${answer.type}${answer.replayed === true ? ', replayed' : ''} ${answer.refund?.merchantRefundId ?? ''}`,
            '',
            answer.refund?.status,
          ),
    ]),
    ...arrivals.map(({ at, instance, merchantRefundId, amount, fate, wasKnown }) =>
      line(
        at,
        'provider',
        `create ${merchantRefundId} from instance ${instance}${wasKnown ? ', known' : ''}: ${fate.deed}, ${fate.answer}`,
        money(amount),
      ),
    ),
    ...executions.flatMap(({ at, endedAt, merchantRefundId, providerRefundId, amount, status, isRepeat }) => [
      line(
        at,
        'provider',
        `EXECUTES ${merchantRefundId} as ${providerRefundId}${isRepeat ? ', AGAIN' : ''}`,
        money(amount),
      ),
      ...(endedAt === null ? [] : [line(endedAt, 'provider', `ends ${providerRefundId}`, '', status)]),
    ]),
    ...notices.map(({ at, url, status, answer, forged }) =>
      line(at, 'provider', `${forged ? 'forged notice' : 'notice'} to ${new URL(url).host}: ${answer}`, '', status),
    ),
    ...refunds.flatMap(({ merchantRefundId, events, sends }) => [
      ...events.map(({ at, type, status, via }) =>
        line(at, 'ledger', `${type} ${merchantRefundId} (${via})`, '', status),
      ),
      ...sends.flatMap(({ at, endedAt, kind, outcome }, nth) => [
        line(at, 'ledger', `send ${nth + 1} begins (${kind})`),
        ...(endedAt === null ? [] : [line(endedAt, 'ledger', `send ${nth + 1} ended: ${outcome}`)]),
      ]),
    ]),
  ];
  const from = Math.min(...own.map(({ at }) => at));
  const to = Math.max(...own.map(({ at }) => at));
  const deaths = kills
    .filter(({ at }) => at >= from - 1_000 && at <= to)
    .map(({ at, instance, moment }) => line(at, 'kill', `instance ${instance} (${moment})`));
  const lines = [...own, ...deaths].toSorted((one, other) => one.at - other.at);
  const stands = refunds.map(
    ({ merchantRefundId, status, failure, amount }) =>
      `the ledger has ${merchantRefundId}: ${money(amount)} ${status}${failure === null ? '' : ` (${failure})`}`,
  );
  return [
    `${plan.key}: ${money(plan.amount)} of the payment ${plan.payment}, account ${plan.account}`,
    ...table(lines.map(({ at, where, what, amount, status }) => [seconds(at - began), where, what, amount, status])),
    ...(stands.length === 0 ? ['the ledger has nothing'] : stands),
  ].join('\n');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3).padStart(8);

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const head = ['seconds', 'where', 'what', 'amount', 'status'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const draw = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [draw(head), draw(widths.map((width) => '-'.repeat(width))), ...rows.map(draw)];
}
