/**
 * What may happen to refunds at the providers, in any order: the plans of `executed-is-not-free.test.ts`.
 */
import fc from 'fast-check';
import { PROVIDERS } from '../../../src/refunds/refund.ts';
import { ofEach } from '../../support/scripted-provider.ts';

/**
 * `lie` is left out, because no rule tells it from a true refusal: the provider refuses a refund, has
 * executed it and denies it when asked.
 */
const words = fc.constantFrom(
  'accept',
  'refuse',
  'refuse-repeat',
  'busy',
  'lost-before',
  'lost-after',
  'late',
  'not-sent',
  'unread',
  'unread-before',
  'inner-no',
  'crash-before',
  'crash-after',
);

/** One of the last refunds that a run has made at a provider; none where it has made none. */
const nth = fc.nat({ max: 2 });
const move = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      payment: fc.nat({ max: 1 }),
      yuan: fc.integer({ min: 1, max: 4 }),
      word: words,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), nth, word: words }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retry' as const), nth, word: words }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      nth,
      seconds: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 30, max: 2_500 })),
      times: fc.integer({ min: 1, max: 4 }),
      evenIfFinished: fc.boolean(),
      // Of the repeat, if there is one.
      word: words,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), nth }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('callback' as const), nth, isOld: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      nth,
      status: fc.constantFrom('SUCCEEDED' as const, 'FAILED' as const, 'CANCELED' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('outage' as const), is: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('denial' as const), is: fc.constantFrom(true, true, false) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('no to questions' as const), is: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('arrival' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);
/** Each provider takes one create, and then whatever comes. */
const opening = fc.record({ word: words, yuan: fc.integer({ min: 1, max: 4 }), denies: fc.boolean() });
export const plans = fc.record({
  openings: fc.record(ofEach(() => opening)),
  moves: fc.array(fc.record({ provider: fc.constantFrom(...PROVIDERS), move }), { minLength: 15, maxLength: 50 }),
});
/** One thing that happens at one provider. */
export type Move = typeof move extends fc.Arbitrary<infer Value> ? Value : never;
