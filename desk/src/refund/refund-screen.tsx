/** One refund: its state, what to do, the payment, the facts, what happened. */
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useRound } from '../api/rounds.ts';
import { hrefOf } from '../app/address.ts';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import { useMay } from '../app/start.tsx';
import { NotFound } from '../app/not-found.tsx';
import type { refundScreenQuery } from '../generated/refundScreenQuery.graphql.ts';
import { useAllWords } from '../words/words.ts';
import { Actions } from './actions.tsx';
import { Neighbours } from './neighbours.tsx';
import { Facts } from './facts.tsx';
import { PaymentPanel } from './payment-panel.tsx';
import { RawRecord } from './raw-record.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';
import '../look/screens.css';

export function RefundScreen({ id }: { readonly id: string }) {
  const words = useAllWords();
  const mayOperate = useMay('refunds:operate');
  const mayReadRaw = useMay('refunds:raw');
  const round = useRound('refundScreenQuery', ({ refund: changed }) => changed.id === id);
  const { refund } = useLazyLoadQuery<refundScreenQuery>(
    graphql`
      query refundScreenQuery($id: ID!) {
        refund(by: { id: $id }, read: LEDGER) {
          id
          ...summary_refund
          ...actions_refund
          ...paymentPanel_refund
          ...facts_refund
          ...timeline_refund
        }
      }
    `,
    { id },
    { fetchPolicy: 'store-and-network', fetchKey: `${round} ${useTry()}` },
  );
  if (refund === null || refund === undefined) return <NotFound />;
  return (
    <article className="screen">
      <Neighbours id={refund.id} />
      <Summary of={refund} actions={<Actions of={refund} />} />
      <div className="columns">
        <div className="column">
          <PaymentPanel of={refund} />
          <Timeline of={refund} />
        </div>
        <div className="column">
          <Facts of={refund} />
          {mayOperate && (
            <Link className="button" href={hrefOf('/callbacks', new URLSearchParams({ refund: refund.id }))}>
              {words.refund.callbacksOf}
            </Link>
          )}
          {mayReadRaw && <RawRecord id={refund.id} />}
        </div>
      </div>
    </article>
  );
}
