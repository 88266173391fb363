/** The body of a callback as it came, without what proves the sender. Asked for only when it is opened. */
import { Suspense } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay/hooks';
import { Boundary, useTry } from '../app/boundary.tsx';
import type { callbackBodyQuery } from '../generated/callbackBodyQuery.graphql.ts';
import { laidOut } from '../shown/laid-out.ts';
import { useAllWords } from '../words/words.ts';

export function CallbackBody({ id }: { readonly id: string }) {
  return (
    <Boundary>
      <Suspense fallback={<p className="quiet">…</p>}>
        <Body id={id} />
      </Suspense>
    </Boundary>
  );
}

const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** JSON with line breaks; a form member by member, each as it was before it was escaped. */
function readable(body: string): string {
  if (isJson(body)) return laidOut(body);
  if (!/^[\w.~%+-]+=/.test(body)) return body;
  const members = Array.from(new URLSearchParams(body));
  return members.map(([name, value]) => `${name} = ${isJson(value) ? laidOut(value) : value}`).join('\n');
}

function Body({ id }: { readonly id: string }) {
  const words = useAllWords();
  const { node } = useLazyLoadQuery<callbackBodyQuery>(
    graphql`
      query callbackBodyQuery($id: ID!) {
        node(id: $id) {
          ... on Callback {
            body
          }
        }
      }
    `,
    { id },
    { fetchPolicy: 'store-or-network', fetchKey: useTry() },
  );
  const body = node?.body ?? null;
  if (body === null) return <p className="quiet">{words.callbacks.noBody}</p>;
  return (
    <>
      <p className="hint">{words.refund.recordPersonal}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by the keyboard */}
      <pre tabIndex={0} className="body">
        {readable(body)}
      </pre>
    </>
  );
}
