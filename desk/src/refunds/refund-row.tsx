/** One refund in a list. It is drawn again only when its own record changes. */
import { memo } from 'react';
import { graphql, useFragment } from 'react-relay/hooks';
import { hrefOf } from '../app/address.ts';
import { Link } from '../app/link.tsx';
import type { refundRow_refund$key } from '../generated/refundRow_refund.graphql.ts';
import { Money } from '../shown/money.tsx';
import { AttentionMark, StatusBadge } from '../shown/status.tsx';
import { Time } from '../shown/time.tsx';
import { useWords } from '../words/words.ts';

export const hrefOfRefund = (id: string): string => hrefOf(`/refunds/${encodeURIComponent(id)}`);

export const RefundRow = memo(function RefundRow(props: {
  readonly of: refundRow_refund$key;
  /** It does not match any more; it stays, so that nothing jumps. */
  readonly hasLeft: boolean;
}) {
  const words = useWords();
  const refund = useFragment(
    graphql`
      fragment refundRow_refund on Refund {
        id
        version
        status
        amount {
          amount
          currency
        }
        account {
          displayName
        }
        merchantRefundId
        providerRefundId
        payment {
          merchantPaymentId
          providerPaymentId
        }
        reason
        createdAt
        attention {
          reason
        }
      }
    `,
    props.of,
  );
  const { hasLeft } = props;
  const { payment, attention } = refund;
  return (
    <tr className={hasLeft ? 'row row-left' : 'row'}>
      <td className="cell-status">
        <StatusBadge status={refund.status} />
        {attention !== null && attention !== undefined && <AttentionMark reason={attention.reason} />}
        {hasLeft && <span className="left-note">{words.refunds.moved}</span>}
      </td>
      <td className="cell-amount">
        <Money of={refund.amount} />
      </td>
      <td className="cell-refund">
        <Link href={hrefOfRefund(refund.id)} data-row={refund.id}>
          {refund.merchantRefundId}
        </Link>
      </td>
      <td className="cell-account">{refund.account.displayName}</td>
      <td className="cell-payment mono">{payment.merchantPaymentId ?? payment.providerPaymentId ?? '–'}</td>
      <td className="cell-reason">{refund.reason ?? ''}</td>
      <td className="cell-created">
        <Time at={refund.createdAt} bare />
      </td>
    </tr>
  );
});
