/** What happened to a refund, as it comes. */
import { graphql, useFragment } from 'react-relay/hooks';
import type { timeline_refund$key } from '../generated/timeline_refund.graphql.ts';
import { StatusBadge } from '../shown/status.tsx';
import { Time } from '../shown/time.tsx';
import { useAllWords } from '../words/words.ts';

export function Timeline({ of }: { readonly of: timeline_refund$key }) {
  const words = useAllWords();
  const refund = useFragment(
    graphql`
      fragment timeline_refund on Refund {
        events(last: 100) {
          nodes {
            id
            type
            via
            status
            previousStatus
            recordedAt
            note
            actor {
              subject
              client
            }
          }
        }
      }
    `,
    of,
  );
  const events = refund.events?.nodes ?? [];
  return (
    <section className="panel">
      <h2>{words.refund.timeline}</h2>
      <ol className="timeline" aria-live="polite">
        {events.toReversed().map((event) => (
          <li key={event.id}>
            <p>
              <strong>{words.event.type[event.type]}</strong>{' '}
              {event.type !== 'ATTENTION_CHANGED' && event.type !== 'DETAILS_CHANGED' && (
                <StatusBadge status={event.status} />
              )}
            </p>
            <p className="quiet">
              <Time at={event.recordedAt} /> · {words.event.via[event.via]}
              {event.actor !== null && event.actor !== undefined && ` · ${words.event.by(event.actor.subject)}`}
            </p>
            {event.note !== null && event.note !== undefined && <q>{event.note}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}
