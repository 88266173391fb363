/** What is known of the payment that is being written down, and how much of it is left. */
import type { ReactNode } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useTry } from '../app/boundary.tsx';
import type { paymentLeftQuery } from '../generated/paymentLeftQuery.graphql.ts';
import { amountIn, amountLess } from '../shown/amount.ts';
import { Money, useMoneyText, type MoneyText } from '../shown/money.tsx';
import { useAllWords } from '../words/words.ts';
import type { Draft } from './draft.ts';

interface Props {
  readonly draft: Draft;
  readonly currency: string;
  /** Takes something into the form. */
  readonly put: (changed: Partial<Draft>) => void;
  /** The field for what was paid: shown where the server does not know it. */
  readonly children: ReactNode;
}

/** Ids are looked up from this length on: shorter ones are still being typed. */
const SHORTEST_ID = 6;

export function PaymentLeft(props: Props) {
  const { ours, theirs } = props.draft;
  if (Math.max(ours.trim().length, theirs.trim().length) < SHORTEST_ID) return <p className="hint payment-left" />;
  return <Known {...props} />;
}

function Known({ draft, currency, put, children }: Props) {
  const words = useAllWords();
  const money = useMoneyText();
  const ours = draft.ours.trim();
  const theirs = draft.theirs.trim();
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
        account: draft.account,
        ...(ours === '' ? {} : { merchantPaymentId: ours }),
        ...(theirs === '' ? {} : { providerPaymentId: theirs }),
      },
    },
    { fetchPolicy: 'network-only', fetchKey: useTry() },
  );
  const { amount = null, refundedAmount = null, refundable = null } = payment ?? {};
  const paid = amountIn(draft.paid);
  const leftOfPaid = paid === null ? null : amountLess(paid, refundedAmount?.amount ?? '0');
  const left = amount === null ? (leftOfPaid === null ? null : { amount: leftOfPaid, currency }) : some(refundable);
  return (
    <div className="payment-left">
      {refundedAmount === null ? (
        <p className="hint">{words.create.unknownPayment}</p>
      ) : (
        <p className="hint">
          {amount !== null && (
            <>
              {words.refund.paid} <Money of={amount} /> ·{' '}
            </>
          )}
          {words.refund.givenBack} <Money of={refundedAmount} />
          {amount !== null && left !== null && <> · {words.create.left(money(left))}</>}
        </p>
      )}
      {amount === null && children}
      {left !== null && (
        <button type="button" className="button" onClick={() => put({ amount: left.amount })}>
          {words.create.allOfIt(money(left))}
        </button>
      )}
    </div>
  );
}

/** The amount where it is more than zero. */
const some = (money: MoneyText | null): MoneyText | null =>
  money !== null && /[1-9]/.test(money.amount) ? money : null;
