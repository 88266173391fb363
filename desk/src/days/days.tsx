/** Refunds day by day: bars, and the same as a table. */
import { useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { go, hrefOf, useAddress } from '../app/address.ts';
import { useTry } from '../app/boundary.tsx';
import { useStart } from '../app/start.tsx';
import type { daysQuery } from '../generated/daysQuery.graphql.ts';
import { addDays, dayOf, startOfDay, useDayName, useZone } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import { Bars } from './bars.tsx';
import { DayTable } from './day-table.tsx';
import { dayRows } from './day-rows.ts';
import { DAY_FIELDS } from '../refunds/view.ts';
import { Hours } from './hours.tsx';
import '../look/screens.css';

const BYS = ['made', 'ended'] as const;
const SPANS = { week: 7, month: 31, quarter: 92 } as const;
type Span = keyof typeof SPANS;
const SPAN_NAMES: readonly Span[] = ['week', 'month', 'quarter'];

export function Days() {
  const words = useAllWords();
  const zone = useZone();
  const { search } = useAddress();
  const { accounts } = useStart();
  const span = SPAN_NAMES.find((name) => name === search.get('span')) ?? 'month';
  const by = search.get('by') === 'ended' ? 'ended' : 'made';
  const currencies = Array.from(new Set(accounts.map(({ currency }) => currency))).toSorted();
  const currency = currencies.find((code) => code === search.get('currency')) ?? currencies[0] ?? '';
  const [today] = useState(() => dayOf(new Date(), zone));
  // A day earlier than what is shown: the first row is set against it. Days are of the accounts' own zones.
  const first = addDays(today, 1 - SPANS[span]);
  const { refundSummary } = useLazyLoadQuery<daysQuery>(
    graphql`
      query daysQuery($filter: RefundFilter!, $groupBy: [RefundSummaryKey!]!) {
        refundSummary(filter: $filter, groupBy: $groupBy) {
          day
          status
          count
          amount {
            amount
            currency
          }
        }
      }
    `,
    {
      filter: { [DAY_FIELDS[by]]: { gte: startOfDay(addDays(first, -2), zone).toISOString() } },
      groupBy: [by === 'made' ? 'DAY' : 'COMPLETED_DAY', 'STATUS'],
    },
    { fetchPolicy: 'store-and-network', fetchKey: useTry() },
  );
  const rows = dayRows(refundSummary ?? [], { currency, first, last: today });
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(hrefOf('/days', next), 'replace');
  };
  const dayName = useDayName();
  const opened = rows.find(({ day }) => day === search.get('day'))?.day ?? null;
  // Days are counted in each account's own zone. Where these differ the hours can only be of one.
  const zones = new Set(accounts.filter((account) => account.currency === currency).map(({ timeZone }) => timeZone));
  const [zoneOfDays = zone] = zones.size === 1 ? zones : [];
  const isEmpty = rows.every(({ count }) => count === 0);
  return (
    <section className="screen">
      <h1>{words.days.title}</h1>
      <p className="lead">{words.days.lead[by]}</p>
      <div className="filters">
        <label className="inline">
          <span className="unseen">{words.days.by}</span>
          <select value={by} onChange={({ target }) => choose('by', target.value)}>
            {BYS.map((name) => (
              <option key={name} value={name}>
                {words.days.bys[name]}
              </option>
            ))}
          </select>
        </label>
        <label className="inline">
          <span className="unseen">{words.days.span}</span>
          <select value={span} onChange={({ target }) => choose('span', target.value)}>
            {SPAN_NAMES.map((name) => (
              <option key={name} value={name}>
                {words.days.spans[name]}
              </option>
            ))}
          </select>
        </label>
        <label className="inline">
          <span className="unseen">{words.days.currency}</span>
          <select value={currency} onChange={({ target }) => choose('currency', target.value)}>
            {currencies.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </label>
      </div>
      {isEmpty ? (
        <p className="empty">{words.days.none}</p>
      ) : (
        <>
          <Bars
            title={words.days.chart}
            bars={rows.toReversed().map((row) => ({ ...row, key: row.day, name: dayName(row.day) }))}
          />
          {opened !== null && (
            <Hours key={`${opened} ${currency} ${by}`} by={by} day={opened} zone={zoneOfDays} currency={currency} />
          )}
          <DayTable
            rows={rows}
            currency={currency}
            zone={zoneOfDays}
            by={by}
            opened={opened}
            open={(day) => choose('day', day)}
          />
        </>
      )}
    </section>
  );
}
