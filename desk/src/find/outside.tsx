/** Refunds that only a provider knows: each is asked by the ids that it can be asked by. */
import { useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay/hooks';
import type { Environment } from 'relay-runtime';
import { useFailureText } from '../app/boundary.tsx';
import { Link } from '../app/link.tsx';
import type { outsideKeysQuery, RefundKeyName } from '../generated/outsideKeysQuery.graphql.ts';
import type { outsideQuery } from '../generated/outsideQuery.graphql.ts';
import { hrefOfRefund } from '../refunds/refund-row.tsx';
import { Money } from '../shown/money.tsx';
import { StatusBadge } from '../shown/status.tsx';
import { useAllWords } from '../words/words.ts';

type Refund = NonNullable<outsideQuery['response']['refund']>;

interface Answers {
  readonly found: readonly Refund[];
  /** Names of accounts that could not be asked now. */
  readonly away: readonly string[];
}

const MEMBERS = {
  MERCHANT_REFUND_ID: 'merchantRefundId',
  PROVIDER_REFUND_ID: 'providerRefundId',
  MERCHANT_PAYMENT_ID: 'merchantPaymentId',
  PROVIDER_PAYMENT_ID: 'providerPaymentId',
} as const satisfies Record<RefundKeyName, string>;

const KEYS = graphql`
  query outsideKeysQuery {
    accounts {
      key
      displayName
      capabilities {
        lookupKeys
      }
    }
  }
`;

const REFUND = graphql`
  query outsideQuery($by: RefundBy!) {
    refund(by: $by) {
      id
      merchantRefundId
      status
      account {
        displayName
      }
      amount {
        amount
        currency
      }
    }
  }
`;

/** Asks every account by every id that its provider takes. Throws where the accounts can't be read. */
async function askAll(environment: Environment, id: string): Promise<Answers> {
  const known = await fetchQuery<outsideKeysQuery>(environment, KEYS, {}).toPromise();
  const asked = (known?.accounts ?? []).flatMap(({ key, displayName, capabilities }) =>
    capabilities.lookupKeys.map(async (name): Promise<Refund | string | null> => {
      const by = { key: { account: key, [MEMBERS[name]]: id } };
      try {
        const options = { fetchPolicy: 'network-only' } as const;
        return (await fetchQuery<outsideQuery>(environment, REFUND, { by }, options).toPromise())?.refund ?? null;
      } catch {
        return displayName;
      }
    }),
  );
  const answers = await Promise.all(asked);
  const found = answers.filter((answer) => typeof answer === 'object' && answer !== null);
  return {
    found: Array.from(new Map(found.map((refund) => [refund.id, refund])).values()),
    away: Array.from(new Set(answers.filter((answer) => typeof answer === 'string'))),
  };
}

type State =
  | { readonly kind: 'idle' | 'asking' }
  | { readonly kind: 'wrong'; readonly text: string }
  | { readonly kind: 'answered'; readonly answers: Answers };

export function Outside({ wanted }: { readonly wanted: string }) {
  const words = useAllWords();
  const environment = useRelayEnvironment();
  const failureText = useFailureText();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const ask = () => {
    setState({ kind: 'asking' });
    askAll(environment, wanted).then(
      (answers) => setState({ kind: 'answered', answers }),
      (error: unknown) => setState({ kind: 'wrong', text: failureText(error) }),
    );
  };
  return (
    <section className="panel">
      <h2>{words.find.outside}</h2>
      <p className="hint">{words.find.outsideLead}</p>
      {state.kind !== 'answered' && (
        <button type="button" className="button" disabled={state.kind === 'asking'} onClick={ask}>
          {state.kind === 'asking' ? words.find.asking : words.find.ask}
        </button>
      )}
      <div role="status">
        {state.kind === 'wrong' && <p className="wrong">{state.text}</p>}
        {state.kind === 'answered' && <Told answers={state.answers} />}
      </div>
    </section>
  );
}

function Told({ answers: { found, away } }: { readonly answers: Answers }) {
  const words = useAllWords();
  return (
    <>
      <ul className="find-rows">
        {found.map((refund) => (
          <li key={refund.id}>
            <span className="find-state">
              <StatusBadge status={refund.status} />
            </span>
            <Money of={refund.amount} />
            <Link className="mono" href={hrefOfRefund(refund.id)} data-row={refund.id}>
              {refund.merchantRefundId}
            </Link>
            <span className="quiet">{refund.account.displayName}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && away.length === 0 && <p>{words.find.notThere}</p>}
      {away.length > 0 && <p className="wrong">{words.find.someAway(away.join(', '))}</p>}
    </>
  );
}
