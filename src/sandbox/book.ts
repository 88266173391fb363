/** What the sandbox knows, in memory, and how it is found. Values are replaced, never changed in place. */
import type { Execution, Letter, Payment, ProviderName, Refund } from './model.ts';
import { holdsMoney, ofEach } from './model.ts';

/** Names a payment: every id that is given must be its own. */
export interface PaymentKey {
  readonly providerPaymentId?: string | undefined;
  readonly merchantPaymentId?: string | undefined;
}

/** Everything that changes while the sandbox runs, as plain rows. */
export interface Rows {
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  readonly letters: readonly Letter[];
  /** By `PROVIDER merchantRefundId`; survives the removal of a refund. */
  readonly executed: Readonly<Record<string, Execution>>;
  /** The last number that was given out. */
  readonly serial: number;
}

export interface Book {
  readonly payment: (provider: ProviderName, key: PaymentKey) => Payment | undefined;
  readonly paymentOf: (refund: Refund) => Payment;
  /** In the order in which they came to be. */
  readonly refunds: (provider: ProviderName) => readonly Refund[];
  readonly refund: (provider: ProviderName, merchantRefundId: string) => Refund | undefined;
  /** By either side's id of the refund. */
  readonly refundByAnyId: (provider: ProviderName, id: string) => Refund | undefined;
  readonly refundsOf: (payment: Payment) => readonly Refund[];
  /** What is left of a payment, in minor units. */
  readonly left: (payment: Payment) => bigint;
  /** Refunds that have something to come. */
  readonly planned: () => readonly Refund[];
  readonly letters: () => MapIterator<Letter>;
  readonly hasLetters: () => boolean;
  readonly executed: () => Readonly<Record<string, Execution>>;
  readonly putPayment: (payment: Payment) => void;
  readonly put: (refund: Refund) => void;
  readonly remove: (refund: Refund) => void;
  readonly putLetter: (letter: Letter) => void;
  readonly removeLetter: (id: number) => void;
  readonly count: (refund: Refund, what: keyof Execution) => void;
  /** A number that was never given out before, for ids. */
  readonly nextNumber: () => number;
  readonly rows: () => Rows;
}

const keyOf = (refund: { readonly provider: ProviderName; readonly merchantRefundId: string }): string =>
  `${refund.provider} ${refund.merchantRefundId}`;

/** Opens a book over the given rows. */
export function openBook(rows: Rows): Book {
  const payments = new Map<string, Payment>();
  const paymentsByMerchantId = new Map<string, Payment>();
  const refunds = ofEach(() => new Map<string, Refund>());
  const idsByPayment = new Map<string, Set<string>>();
  const withPlan = new Map<string, Refund>();
  const letters = new Map<number, Letter>();
  const executed: Record<string, Execution> = { ...rows.executed };
  let serial = rows.serial;

  const paymentKey = (row: { readonly provider: ProviderName; readonly providerPaymentId: string }): string =>
    `${row.provider} ${row.providerPaymentId}`;

  function putPayment(payment: Payment): void {
    payments.set(paymentKey(payment), payment);
    paymentsByMerchantId.set(`${payment.provider} ${payment.merchantPaymentId}`, payment);
  }

  function put(refund: Refund): void {
    refunds[refund.provider].set(refund.merchantRefundId, refund);
    const ids = idsByPayment.get(paymentKey(refund)) ?? new Set();
    idsByPayment.set(paymentKey(refund), ids.add(refund.merchantRefundId));
    if (refund.plan.length > 0) withPlan.set(keyOf(refund), refund);
    else withPlan.delete(keyOf(refund));
  }

  function payment(provider: ProviderName, key: PaymentKey): Payment | undefined {
    const { providerPaymentId, merchantPaymentId } = key;
    if (providerPaymentId === undefined) return paymentsByMerchantId.get(`${provider} ${merchantPaymentId ?? ''}`);
    const found = payments.get(`${provider} ${providerPaymentId}`);
    return merchantPaymentId === undefined || found?.merchantPaymentId === merchantPaymentId ? found : undefined;
  }

  const refundsOf = (owner: Payment): readonly Refund[] =>
    [...(idsByPayment.get(paymentKey(owner)) ?? [])].flatMap((id) => refunds[owner.provider].get(id) ?? []);

  for (const row of rows.payments) putPayment(row);
  for (const row of rows.refunds) put(row);
  for (const row of rows.letters) letters.set(row.id, row);

  return {
    payment,
    paymentOf(refund) {
      const found = payment(refund.provider, refund);
      if (!found) throw new Error(`Refund ${keyOf(refund)} has no payment`);
      return found;
    },
    refunds: (provider) => [...refunds[provider].values()],
    refund: (provider, id) => refunds[provider].get(id),
    refundByAnyId: (provider, id) =>
      refunds[provider].get(id) ?? [...refunds[provider].values()].find((refund) => refund.providerRefundId === id),
    refundsOf,
    left: (owner) =>
      refundsOf(owner).reduce((left, each) => (holdsMoney(each) ? left - each.amount : left), owner.amount),
    planned: () => [...withPlan.values()],
    letters: () => letters.values(),
    hasLetters: () => letters.size > 0,
    executed: () => executed,
    putPayment,
    put,
    remove(refund) {
      refunds[refund.provider].delete(refund.merchantRefundId);
      idsByPayment.get(paymentKey(refund))?.delete(refund.merchantRefundId);
      withPlan.delete(keyOf(refund));
    },
    putLetter: (letter) => void letters.set(letter.id, letter),
    removeLetter: (id) => void letters.delete(id),
    count(refund, what) {
      const before = executed[keyOf(refund)] ?? { accepted: 0, moved: 0 };
      executed[keyOf(refund)] = { ...before, [what]: before[what] + 1 };
    },
    nextNumber: () => (serial += 1),
    rows: () => ({
      payments: [...payments.values()],
      refunds: Object.values(refunds).flatMap((each) => [...each.values()]),
      letters: [...letters.values()],
      executed,
      serial,
    }),
  };
}
