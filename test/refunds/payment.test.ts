/** Promise: what is known about a payment is only ever added to, whatever is told in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merchantPaymentId, providerPaymentId } from '../../src/refunds/ids.ts';
import { differingFacts, filledUp, paymentFactsOf, tellsMore } from '../../src/refunds/payment.ts';
import type { PaymentFacts } from '../../src/refunds/refund.ts';

const money = (minorUnits: bigint, currency = 'CNY') => ({ minorUnits, currency });
const facts = (rest: Partial<PaymentFacts> = {}): PaymentFacts => ({
  merchantPaymentId: null,
  providerPaymentId: null,
  amount: null,
  ...rest,
});
const [P1, P2] = [merchantPaymentId('P1'), merchantPaymentId('P2')];

/** Few values of each, so that facts often agree and often differ. */
const someFacts = fc.record({
  merchantPaymentId: fc.constantFrom(null, P1, P2),
  providerPaymentId: fc.constantFrom(null, providerPaymentId('X1'), providerPaymentId('X2')),
  amount: fc.constantFrom(null, money(5n), money(6n), money(5n, 'JPY')),
});

describe('facts about a payment', () => {
  it('are those of the update; an amount of zero is none', () => {
    const update = { merchantPaymentId: P1, providerPaymentId: null, paymentAmount: money(0n) };
    expect(paymentFactsOf(update)).toEqual(facts({ merchantPaymentId: P1 }));
    expect(paymentFactsOf({ ...update, paymentAmount: money(1n) })).toEqual(
      facts({ merchantPaymentId: P1, amount: money(1n) }),
    );
  });

  it('are filled up, and never changed or erased', () => {
    expect(filledUp(facts({ merchantPaymentId: P1 }), facts({ merchantPaymentId: P2, amount: money(5n) }))).toEqual(
      facts({ merchantPaymentId: P1, amount: money(5n) }),
    );
  });

  it('differ only in what both know, an amount in its currency too', () => {
    expect(differingFacts(facts({ merchantPaymentId: P1 }), facts({ amount: money(5n) }))).toEqual([]);
    const [one, other] = [
      facts({ merchantPaymentId: P1, amount: money(5n) }),
      facts({ merchantPaymentId: P2, amount: money(5n, 'JPY') }),
    ];
    expect(differingFacts(one, other)).toEqual(['merchantPaymentId', 'amount']);
  });

  it('tell more exactly when filling up changes something, and then once', () => {
    fc.assert(
      fc.property(someFacts, someFacts, (stored, incoming) => {
        const filled = filledUp(stored, incoming);
        const isChanged = JSON.stringify(textOf(filled)) !== JSON.stringify(textOf(stored));
        expect(tellsMore(stored, incoming)).toBe(isChanged);
        expect(tellsMore(filled, incoming)).toBe(false);
        expect(filledUp(filled, incoming)).toEqual(filled);
        expect(differingFacts(stored, filled)).toEqual([]);
      }),
    );
  });

  it('differ the same either way, and have no order where they do not', () => {
    fc.assert(
      fc.property(someFacts, someFacts, (one, other) => {
        expect(differingFacts(other, one)).toEqual(differingFacts(one, other));
        const isSame = JSON.stringify(textOf(filledUp(one, other))) === JSON.stringify(textOf(filledUp(other, one)));
        expect(isSame).toBe(differingFacts(one, other).length === 0);
      }),
    );
  });
});

const textOf = ({ amount, ...ids }: PaymentFacts) => [
  ids.merchantPaymentId,
  ids.providerPaymentId,
  amount === null ? null : `${amount.minorUnits} ${amount.currency}`,
];
