/** Refunds and payments that this server knows. */
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { hrefOf } from '../app/address.ts';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import type { foundQuery } from '../generated/foundQuery.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { Money } from '../shown/money.tsx';
import { AttentionMark, StatusBadge } from '../shown/status.tsx';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';

type Refund = NonNullable<foundQuery['response']['refunds']>['nodes'][number];
type Payment = Refund['payment'];

const MOST = 20;

export function Found({ wanted }: { readonly wanted: string }) {
  const words = useAllWords();
  const { refunds } = useLazyLoadQuery<foundQuery>(
    graphql`
      query foundQuery($filter: RefundFilter!, $first: Int!) {
        refunds(filter: $filter, first: $first, read: LEDGER) {
          nodes {
            id
            merchantRefundId
            status
            reason
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
            }
            failure {
              message
            }
            payment {
              id
              merchantPaymentId
              providerPaymentId
              refundedAmount {
                amount
                currency
              }
            }
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    `,
    { filter: { search: wanted }, first: MOST },
    { fetchPolicy: 'store-and-network', fetchKey: useTry() },
  );
  const rows = refunds?.nodes ?? [];
  const payments = paymentsIn(rows, wanted);
  const inList = hrefOf('/refunds', new URLSearchParams({ search: wanted }));
  return (
    <>
      {payments.length > 0 && (
        <section className="panel">
          <h2>{words.find.payments}</h2>
          <ul className="find-rows">
            {payments.map((payment) => (
              <PaymentRow key={payment.id} payment={payment} />
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <h2>{words.find.refunds}</h2>
        {rows.length === 0 && <p className="quiet">{words.find.none}</p>}
        <ul className="find-rows">
          {rows.map((row) => (
            <RefundRow key={row.id} row={row} />
          ))}
        </ul>
        {rows.length > 0 && (
          <Link className="button" href={inList}>
            {words.find.all}
          </Link>
        )}
        <p role="status" className="unseen">
          {words.refunds.count(rows.length)}
        </p>
      </section>
    </>
  );
}

/** The payments that are found by their own ids, each once. */
function paymentsIn(rows: readonly Refund[], wanted: string): readonly Payment[] {
  const begins = (id: string | null | undefined) => id?.toLowerCase().startsWith(wanted.toLowerCase()) === true;
  const found = rows
    .map(({ payment }) => payment)
    .filter(({ merchantPaymentId, providerPaymentId }) => begins(merchantPaymentId) || begins(providerPaymentId));
  return Array.from(new Map(found.map((payment) => [payment.id, payment])).values());
}

function PaymentRow({ payment }: { readonly payment: Payment }) {
  const words = useAllWords();
  const id = payment.merchantPaymentId ?? payment.providerPaymentId ?? '';
  const href = hrefOf('/refunds', new URLSearchParams({ search: id }));
  return (
    <li>
      <Link className="mono" href={href} data-row={payment.id}>
        {id}
      </Link>
      <span>
        <span className="quiet">{words.find.given} </span>
        <Money of={payment.refundedAmount} />
      </span>
    </li>
  );
}

function RefundRow({ row }: { readonly row: Refund }) {
  const { attention, failure } = row;
  return (
    <li>
      <span className="find-state">
        <StatusBadge status={row.status} />
        {attention !== null && attention !== undefined && <AttentionMark reason={attention.reason} />}
      </span>
      <Money of={row.amount} />
      <Link className="mono" href={hrefOfRefund(row.id)} data-row={row.id}>
        {row.merchantRefundId}
      </Link>
      <span className="quiet">
        {row.account.displayName} · <Time at={row.createdAt} />
      </span>
      <span className="quiet find-words">{failure?.message ?? row.reason ?? ''}</span>
    </li>
  );
}
