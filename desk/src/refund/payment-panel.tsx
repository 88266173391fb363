/** The payment that is given back: what was paid, what was given back, its other refunds. */
import { graphql, useFragment } from 'react-relay/hooks';
import { hrefOf } from '../app/address.ts';
import { Copyable } from '../app/copy.tsx';
import { Link } from '../app/link.tsx';
import { useMay } from '../app/start.tsx';
import type { paymentPanel_refund$key } from '../generated/paymentPanel_refund.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { Money } from '../shown/money.tsx';
import { StatusBadge } from '../shown/status.tsx';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';

export function PaymentPanel({ of }: { readonly of: paymentPanel_refund$key }) {
  const words = useAllWords();
  const mayWrite = useMay('refunds:write');
  const { id, account, payment } = useFragment(
    graphql`
      fragment paymentPanel_refund on Refund {
        id
        account {
          key
          capabilities {
            create
          }
        }
        payment {
          amount {
            amount
            currency
          }
          refundedAmount {
            amount
            currency
          }
          refundable {
            amount
            currency
          }
          merchantPaymentId
          providerPaymentId
          refunds(first: 100) {
            nodes {
              id
              merchantRefundId
              status
              createdAt
              amount {
                amount
                currency
              }
            }
          }
        }
      }
    `,
    of,
  );
  const others = payment.refunds?.nodes.filter((other) => other.id !== id) ?? [];
  const ours = payment.merchantPaymentId;
  const theirs = payment.providerPaymentId;
  const again = new URLSearchParams({
    account: account.key,
    ...(ours === null || ours === undefined ? {} : { ours }),
    ...(theirs === null || theirs === undefined ? {} : { theirs }),
  });
  return (
    <section className="panel">
      <h2>{words.refund.payment}</h2>
      <dl className="figures">
        <div>
          <dt>{words.refund.paid}</dt>
          <dd>
            {payment.amount === null || payment.amount === undefined ? (
              <span className="quiet">{words.refund.notTold}</span>
            ) : (
              <Money of={payment.amount} />
            )}
          </dd>
        </div>
        <div>
          <dt>{words.refund.givenBack}</dt>
          <dd>
            <Money of={payment.refundedAmount} />
          </dd>
        </div>
        {payment.refundable !== null && payment.refundable !== undefined && (
          <div>
            <dt>{words.refund.left}</dt>
            <dd>
              <Money of={payment.refundable} />
            </dd>
          </div>
        )}
      </dl>
      <dl className="facts">
        {ours !== null && ours !== undefined && (
          <div>
            <dt>{words.refund.ourPayment}</dt>
            <dd>
              <Copyable text={ours} />
            </dd>
          </div>
        )}
        {theirs !== null && theirs !== undefined && (
          <div>
            <dt>{words.refund.theirPayment}</dt>
            <dd>
              <Copyable text={theirs} />
            </dd>
          </div>
        )}
      </dl>
      <h3>{words.refund.otherRefunds}</h3>
      {others.length === 0 ? (
        <p className="quiet">{words.refund.noOther}</p>
      ) : (
        <ul className="others">
          {others.map((other) => (
            <li key={other.id}>
              <StatusBadge status={other.status} />
              <Link className="mono" href={hrefOfRefund(other.id)}>
                {other.merchantRefundId}
              </Link>
              <Money of={other.amount} />
              <span className="quiet">
                <Time at={other.createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {mayWrite && account.capabilities.create && (
        <Link className="button" href={hrefOf('/new', again)}>
          {words.refund.rest}
        </Link>
      )}
    </section>
  );
}
