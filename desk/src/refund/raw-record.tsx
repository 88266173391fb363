/** The provider's record as it came: asked for only when somebody wants to see it. */
import { useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay/hooks';
import { useFailureText } from '../app/boundary.tsx';
import type { rawRecordQuery } from '../generated/rawRecordQuery.graphql.ts';
import { laidOut } from '../shown/laid-out.ts';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';

type Shown =
  | { readonly kind: 'hidden' | 'asking' }
  | { readonly kind: 'wrong'; readonly text: string }
  | { readonly kind: 'shown'; readonly record: { readonly raw: string; readonly receivedAt: string } | null };

export function RawRecord({ id }: { readonly id: string }) {
  const words = useAllWords();
  const environment = useRelayEnvironment();
  const failureText = useFailureText();
  const [shown, setShown] = useState<Shown>({ kind: 'hidden' });
  const show = () => {
    setShown({ kind: 'asking' });
    fetchQuery<rawRecordQuery>(
      environment,
      graphql`
        query rawRecordQuery($id: ID!) {
          refund(by: { id: $id }, read: LEDGER) {
            providerRecord {
              raw
              receivedAt
            }
          }
        }
      `,
      { id },
    ).subscribe({
      next: ({ refund }) => setShown({ kind: 'shown', record: refund?.providerRecord ?? null }),
      error: (error: unknown) => setShown({ kind: 'wrong', text: failureText(error) }),
    });
  };
  return (
    <section className="panel">
      <h2>{words.refund.record}</h2>
      {shown.kind === 'shown' ? (
        shown.record === null ? (
          <p className="quiet">{words.refund.recordNone}</p>
        ) : (
          <>
            <p className="quiet">
              <Time at={shown.record.receivedAt} />
            </p>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by the keyboard */}
            <pre tabIndex={0}>{laidOut(shown.record.raw)}</pre>
          </>
        )
      ) : (
        <>
          <p className="quiet">{words.refund.recordPersonal}</p>
          <button type="button" className="button" disabled={shown.kind === 'asking'} onClick={show}>
            {words.refund.recordShow}
          </button>
          {shown.kind === 'wrong' && (
            <p role="alert" className="wrong">
              {shown.text}
            </p>
          )}
        </>
      )}
    </section>
  );
}
