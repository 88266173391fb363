/** The refund that was made, live until it ends. */
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { useTry } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import type { madeQuery } from '../generated/madeQuery.graphql.ts';
import { Summary } from '../refund/summary.tsx';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { useAllWords } from '../words/words.ts';

export function Made(props: { readonly id: string; readonly isReplayed: boolean; readonly onAnother: () => void }) {
  const words = useAllWords();
  const { id, isReplayed, onAnother } = props;
  const { refund } = useLazyLoadQuery<madeQuery>(
    graphql`
      query madeQuery($id: ID!) {
        refund(by: { id: $id }, read: LEDGER) {
          ...summary_refund
        }
      }
    `,
    { id },
    { fetchPolicy: 'store-and-network', fetchKey: useTry() },
  );
  return (
    <>
      <p className="quiet">{isReplayed ? words.create.replayed : words.create.made}</p>
      {refund !== null && refund !== undefined && (
        <Summary
          of={refund}
          actions={
            <div className="buttons">
              <Link className="button button-main" href={hrefOfRefund(id)}>
                {words.create.open}
              </Link>
              <button type="button" className="button" onClick={onAnother}>
                {words.create.another}
              </button>
            </div>
          }
        />
      )}
    </>
  );
}
