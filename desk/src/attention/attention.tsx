/** Refunds at which a person must look, by what is wrong with them. */
import { useEffect, useRef } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useRound } from '../api/rounds.ts';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import type { attentionQuery } from '../generated/attentionQuery.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { Money } from '../shown/money.tsx';
import { StatusBadge } from '../shown/status.tsx';
import { Age } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';
import '../look/screens.css';

/** In the order in which they are looked at. */
const REASONS = ['CONFLICT', 'DENIED', 'UNDECIDED', 'UNREADABLE', 'ACTION_NEEDED', 'STUCK'] as const;

type Row = NonNullable<attentionQuery['response']['refunds']>['nodes'][number];

export function Attention() {
  const words = useAllWords();
  const shown = useRef<ReadonlySet<string>>(new Set());
  const round = useRound('attentionQuery', ({ type, refund }) => {
    const isHere = shown.current.has(refund.id);
    return type === 'ATTENTION_CHANGED' || isHere || (refund.attention ?? null) !== null;
  });
  const { refunds } = useLazyLoadQuery<attentionQuery>(
    graphql`
      query attentionQuery {
        refunds(first: 100, filter: { needsAttention: true }, read: LEDGER) {
          nodes {
            id
            merchantRefundId
            status
            attempts
            nextCheckAt
            createdAt
            account {
              displayName
            }
            amount {
              amount
              currency
            }
            attention {
              reason
              since
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: `${round} ${useTry()}` },
  );
  const rows = refunds?.nodes ?? [];
  useEffect(() => {
    shown.current = new Set(refunds?.nodes.map(({ id }) => id));
  }, [refunds]);
  const groups = REASONS.flatMap((reason) => {
    const members = rows.filter(({ attention }) => attention?.reason === reason);
    return members.length === 0 ? [] : [{ reason, members }];
  });
  return (
    <section className="screen">
      <h1>{words.attention.title}</h1>
      <p className="lead">{words.attention.lead}</p>
      {groups.length === 0 && <p className="empty">{words.attention.none}</p>}
      {groups.map(({ reason, members }) => (
        <section key={reason} className="panel">
          <h2>
            {words.attentionReason[reason]} <span className="count">{members.length}</span>
          </h2>
          <p className="advice">{words.attention.advice[reason]}</p>
          <ul className="attention-rows">
            {members.map((row) => (
              <AttentionRow key={row.id} row={row} />
            ))}
          </ul>
        </section>
      ))}
      {refunds?.pageInfo.hasNextPage === true && <p className="quiet">{words.attention.more}</p>}
    </section>
  );
}

function AttentionRow({ row }: { readonly row: Row }) {
  const words = useAllWords();
  return (
    <li>
      <StatusBadge status={row.status} />
      <Link className="mono" href={hrefOfRefund(row.id)} data-row={row.id}>
        {row.merchantRefundId}
      </Link>
      <span>{row.account.displayName}</span>
      <Money of={row.amount} />
      <span className="quiet">
        {words.attention.since} <Age at={row.attention?.since ?? row.createdAt} />
        {' · '}
        {row.nextCheckAt === null || row.nextCheckAt === undefined ? (
          words.attention.notAsked
        ) : (
          <>
            {words.attention.next} <Age at={row.nextCheckAt} />
          </>
        )}
        {row.attempts > 0 && ` · ${words.attention.attempts(row.attempts)}`}
      </span>
    </li>
  );
}
