/** Asks for the counts of hours. */
import { fetchQuery, graphql } from 'react-relay/hooks';
import type { Environment } from 'relay-runtime';
import type { hoursQuery, RefundFilter } from '../generated/hoursQuery.graphql.ts';
import { countsOf, type Counts } from './day-rows.ts';

/** How many hours one request asks for: a summary costs much, and a request may cost only so much. */
const AT_ONCE = 12;

/** Relay wants each name written out. */
const HOURS = graphql`
  query hoursQuery(
    $h0: RefundFilter!
    $h1: RefundFilter!
    $h2: RefundFilter!
    $h3: RefundFilter!
    $h4: RefundFilter!
    $h5: RefundFilter!
    $h6: RefundFilter!
    $h7: RefundFilter!
    $h8: RefundFilter!
    $h9: RefundFilter!
    $h10: RefundFilter!
    $h11: RefundFilter!
  ) {
    h0: refundSummary(filter: $h0, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h1: refundSummary(filter: $h1, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h2: refundSummary(filter: $h2, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h3: refundSummary(filter: $h3, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h4: refundSummary(filter: $h4, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h5: refundSummary(filter: $h5, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h6: refundSummary(filter: $h6, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h7: refundSummary(filter: $h7, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h8: refundSummary(filter: $h8, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h9: refundSummary(filter: $h9, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h10: refundSummary(filter: $h10, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
    h11: refundSummary(filter: $h11, groupBy: [STATUS]) {
      status
      count
      amount {
        amount
        currency
      }
    }
  }
`;

/** Counts of some spans of time, in their order. Rejects with an `ApiFailure`. */
export async function readHours(
  environment: Environment,
  filters: readonly RefundFilter[],
  currency: string,
): Promise<readonly Counts[]> {
  const asked = [];
  for (let first = 0; first < filters.length; first += AT_ONCE) {
    // What is asked for beyond the day is of no hour: it is empty, and costs the same.
    const at = (index: number): RefundFilter => filters[first + index] ?? { accounts: [] };
    asked.push(
      fetchQuery<hoursQuery>(
        environment,
        HOURS,
        {
          h0: at(0),
          h1: at(1),
          h2: at(2),
          h3: at(3),
          h4: at(4),
          h5: at(5),
          h6: at(6),
          h7: at(7),
          h8: at(8),
          h9: at(9),
          h10: at(10),
          h11: at(11),
        },
        { fetchPolicy: 'network-only' },
      ).toPromise(),
    );
  }
  const answers = await Promise.all(asked);
  return answers
    .flatMap((answer) =>
      answer === undefined
        ? []
        : [
            answer.h0,
            answer.h1,
            answer.h2,
            answer.h3,
            answer.h4,
            answer.h5,
            answer.h6,
            answer.h7,
            answer.h8,
            answer.h9,
            answer.h10,
            answer.h11,
          ],
    )
    .slice(0, filters.length)
    .map((rows) => countsOf(rows ?? [], currency));
}
