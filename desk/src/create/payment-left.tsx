/** What is known of the payment that is being written down, and how much of it is left. */
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useTry } from '../app/boundary.tsx';
import type { paymentLeftQuery } from '../generated/paymentLeftQuery.graphql.ts';
import { Money, useMoneyText } from '../shown/money.tsx';
import { useAllWords } from '../words/words.ts';
import type { Draft } from './draft.ts';

interface Props {
  readonly draft: Draft;
  /** Takes an amount into the form. */
  readonly take: (amount: string) => void;
}

/** Ids are looked up from this length on: shorter ones are still being typed. */
const SHORTEST_ID = 6;

export function PaymentLeft({ draft, take }: Props) {
  const ours = draft.ours.trim();
  const theirs = draft.theirs.trim();
  if (Math.max(ours.length, theirs.length) < SHORTEST_ID) return <p className="hint payment-left" />;
  return <Known account={draft.account} ours={ours} theirs={theirs} take={take} />;
}

function Known(props: {
  readonly account: string;
  readonly ours: string;
  readonly theirs: string;
  readonly take: (amount: string) => void;
}) {
  const words = useAllWords();
  const money = useMoneyText();
  const { account, ours, theirs, take } = props;
  const { payment } = useLazyLoadQuery<paymentLeftQuery>(
    graphql`
      query paymentLeftQuery($by: PaymentKey!) {
        payment(by: $by, read: LEDGER) {
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
        }
      }
    `,
    {
      by: {
        account,
        ...(ours === '' ? {} : { merchantPaymentId: ours }),
        ...(theirs === '' ? {} : { providerPaymentId: theirs }),
      },
    },
    { fetchPolicy: 'network-only', fetchKey: useTry() },
  );
  if (payment === null || payment === undefined)
    return <p className="hint payment-left">{words.create.unknownPayment}</p>;
  const { amount, refundedAmount, refundable = null } = payment;
  const left = refundable !== null && /[1-9]/.test(refundable.amount) ? refundable : null;
  return (
    <div className="payment-left">
      <p className="hint">
        {amount !== null && amount !== undefined && (
          <>
            {words.refund.paid} <Money of={amount} /> ·{' '}
          </>
        )}
        {words.refund.givenBack} <Money of={refundedAmount} />
        {left !== null && <> · {words.create.left(money(left))}</>}
      </p>
      {left !== null && (
        <button type="button" className="button" onClick={() => take(left.amount)}>
          {words.create.allOfIt(money(left))}
        </button>
      )}
    </div>
  );
}
