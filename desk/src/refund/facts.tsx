/** Everything that is known of a refund. */
import type { ReactNode } from 'react';
import { graphql, useFragment } from 'react-relay/hooks';
import { Copyable } from '../app/copy.tsx';
import type { facts_refund$key } from '../generated/facts_refund.graphql.ts';
import { Money } from '../shown/money.tsx';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';

/** A name and a value; nothing where there is no value. */
function Fact<Value>(props: {
  readonly name: string;
  readonly of: Value | null | undefined;
  readonly show: (value: Value) => ReactNode;
}) {
  const { name, of, show } = props;
  if (of === null || of === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{show(of)}</dd>
    </div>
  );
}

const time = (at: string) => <Time at={at} />;
const id = (text: string) => <Copyable text={text} />;

export function Facts({ of }: { readonly of: facts_refund$key }) {
  const words = useAllWords();
  const refund = useFragment(
    graphql`
      fragment facts_refund on Refund {
        provider
        account {
          displayName
          key
        }
        merchantRefundId
        providerRefundId
        providerStatus
        reason
        attempts
        createdAt
        createdAtSource
        completedAt
        observedAt
        nextCheckAt
        feeRefunded {
          amount
          currency
        }
      }
    `,
    of,
  );
  return (
    <section className="panel">
      <h2>{words.refund.facts}</h2>
      <dl className="facts">
        <Fact name={words.refund.account} of={refund.account.displayName} show={(name) => name} />
        <Fact name={words.refund.ourId} of={refund.merchantRefundId} show={id} />
        <Fact name={words.refund.theirId} of={refund.providerRefundId} show={id} />
        <Fact
          name={words.refund.providerStatus}
          of={refund.providerStatus}
          show={(word) => <span className="mono">{word}</span>}
        />
        <Fact name={words.refund.reason} of={refund.reason} show={(reason) => reason} />
        <Fact name={words.refund.fee} of={refund.feeRefunded} show={(fee) => <Money of={fee} />} />
        <Fact
          name={words.refund.created}
          of={refund.createdAt}
          show={(at) => (
            <>
              <Time at={at} />
              {refund.createdAtSource === 'SERVER' && <p className="hint">{words.refund.createdHere}</p>}
            </>
          )}
        />
        <Fact name={words.refund.completed} of={refund.completedAt} show={time} />
        <Fact name={words.refund.observed} of={refund.observedAt} show={time} />
        <Fact name={words.refund.nextCheck} of={refund.nextCheckAt} show={time} />
        <Fact name={words.refund.attempts} of={refund.attempts === 0 ? null : refund.attempts} show={String} />
      </dl>
    </section>
  );
}
