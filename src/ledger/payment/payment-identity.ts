/**
 * Which row a payment is. It is named by our id, by the provider's or by both, and updates may tell one after
 * the other: two rows can turn out to be one payment, and are merged. What contradicts (another id, another
 * amount) is never merged.
 */
import { sql, type RawBuilder } from 'kysely';
import type { NewId } from '../../flow/clock.ts';
import type { AccountKey } from '../../refunds/ids.ts';
import { differingFacts, filledUp, tellsMore } from '../../refunds/payment.ts';
import type { PaymentFacts } from '../../refunds/refund.ts';
import type { Tx } from '../database/database.ts';
import { jsonText } from '../json/json.ts';
import { readPayments, type PaymentIds, type StoredPayment } from './payments.ts';

export interface ResolvedPayment {
  readonly payment: StoredPayment;
  /** What was told contradicts what is known of the payment; the row is kept as it was. */
  readonly contradicted: boolean;
}

/**
 * The payment that each of these facts names, made, completed or merged as needed. The rows can't vanish
 * until the transaction ends. Call it before refunds are locked: everybody goes in the order payments,
 * refunds.
 */
export async function resolvePayments(
  tx: Tx,
  newId: NewId,
  account: AccountKey,
  wanted: readonly PaymentFacts[],
): Promise<{
  /** In the positions of what was asked; `null` where no id was given. */
  readonly resolved: readonly (ResolvedPayment | null)[];
  /** What was known of the payments found, by their rows' ids, before this call wrote anything. */
  readonly before: ReadonlyMap<string, PaymentFacts>;
}> {
  const named = wanted.filter((facts) => facts.merchantPaymentId !== null || facts.providerPaymentId !== null);
  if (named.length === 0) return { resolved: wanted.map(() => null), before: new Map() };

  // Nothing is held while the ids are waited for below: who merges two rows waits for everybody that holds
  // one.
  for (const lock of ['', 'for key share'] as const) {
    const rows = await readPayments(tx, account, named, lock);
    const stored = new Payments(rows, newId);
    const settled = wanted.map((facts) => stored.lookUp(facts));
    const isWhole = wanted.every((facts, index) => settled[index] !== null || !named.includes(facts));
    if (isWhole && lock !== '') return { resolved: settled, before: factsById(rows) };
    if (!isWhole) break;
  }

  await lockIds(tx, account, named);
  const rows = await readPayments(tx, account, named, 'for no key update');
  const payments = new Payments(rows, newId);
  const resolved = wanted.map((facts) => (named.includes(facts) ? payments.settle(facts) : null));
  await payments.write(tx, account);
  // A row made or completed early in the batch may have learned more, or become another, by its end.
  const latest = resolved.map((one) => one && { ...one, payment: payments.latest(one.payment.id) });
  return { resolved: latest, before: factsById(rows) };
}

const factsById = (payments: readonly StoredPayment[]): ReadonlyMap<string, PaymentFacts> =>
  new Map(payments.map(({ id, facts }) => [id, facts]));

/**
 * Takes every id for this transaction, in a fixed order: nobody else gives one of them to a payment
 * meanwhile.
 */
async function lockIds(tx: Tx, account: AccountKey, wanted: readonly PaymentIds[]): Promise<void> {
  const names = wanted.flatMap((ids) => lockNamesOf(account, ids));
  await sql`
    select pg_advisory_xact_lock(key)
    from (select distinct hashtextextended(name, 0) as key from unnest(${names}::text[]) as name order by key) as keys
  `.execute(tx);
}

/** What the locks of a payment's ids are called. */
export const lockNamesOf = (account: AccountKey, ids: PaymentIds): readonly string[] => [
  ...(ids.merchantPaymentId === null ? [] : [jsonText([account, 'merchant', ids.merchantPaymentId])]),
  ...(ids.providerPaymentId === null ? [] : [jsonText([account, 'provider', ids.providerPaymentId])]),
];

/** A batch's payments in memory, with what must be written in the end. */
class Payments {
  readonly #byId = new Map<string, StoredPayment>();
  readonly #made = new Set<string>();
  readonly #completed = new Set<string>();
  /** From a row that is no more to the one it became. */
  readonly #merged = new Map<string, string>();
  readonly #newId: NewId;

  constructor(stored: readonly StoredPayment[], newId: NewId) {
    for (const payment of stored) this.#byId.set(payment.id, payment);
    this.#newId = newId;
  }

  latest(id: string): StoredPayment {
    const payment = this.#byId.get(this.#merged.get(id) ?? id);
    if (payment === undefined) throw new Error(`payment ${id} is not in this batch`);
    return payment;
  }

  #named(member: 'merchantPaymentId' | 'providerPaymentId', id: string | null): StoredPayment | null {
    if (id === null) return null;
    for (const payment of this.#byId.values()) if (payment.facts[member] === id) return payment;
    return null;
  }

  /** The payment, where nothing has to be written for it. */
  lookUp(incoming: PaymentFacts): ResolvedPayment | null {
    const merchant = this.#named('merchantPaymentId', incoming.merchantPaymentId);
    const provider = this.#named('providerPaymentId', incoming.providerPaymentId);
    const payment = provider ?? merchant;
    if (payment === null || (merchant !== null && provider !== null && merchant !== provider)) return null;
    const { facts } = payment;
    return tellsMore(facts, incoming) || differ(facts, incoming) ? null : { payment, contradicted: false };
  }

  settle(incoming: PaymentFacts): ResolvedPayment {
    const merchant = this.#named('merchantPaymentId', incoming.merchantPaymentId);
    const provider = this.#named('providerPaymentId', incoming.providerPaymentId);
    if (merchant !== null && provider !== null && merchant !== provider) {
      if (differ(merchant.facts, provider.facts) || differ(merchant.facts, incoming)) {
        return { payment: provider, contradicted: true };
      }
      this.#merge(merchant, provider);
      return this.settle(incoming);
    }
    const payment = provider ?? merchant;
    if (payment === null) return { payment: this.#make(incoming), contradicted: false };
    if (!differ(payment.facts, incoming)) return { payment: this.#complete(payment, incoming), contradicted: false };
    // Our id is taken by another payment of the provider: its own id is the stronger name.
    const isOther =
      provider === null && incoming.providerPaymentId !== null && payment.facts.providerPaymentId !== null;
    if (!isOther) return { payment, contradicted: true };
    return { payment: this.#make({ ...incoming, merchantPaymentId: null }), contradicted: true };
  }

  #make(facts: PaymentFacts): StoredPayment {
    const payment = { id: this.#newId(), facts, claimed: null };
    this.#byId.set(payment.id, payment);
    this.#made.add(payment.id);
    return payment;
  }

  #complete(payment: StoredPayment, incoming: PaymentFacts): StoredPayment {
    if (!tellsMore(payment.facts, incoming)) return payment;
    const completed = { ...payment, facts: filledUp(payment.facts, incoming) };
    this.#byId.set(payment.id, completed);
    this.#completed.add(payment.id);
    return completed;
  }

  /** A row that is written already stays, and of two the older: ids are in the order of their making. */
  #merge(one: StoredPayment, other: StoredPayment): void {
    const isFirst = this.#made.has(one.id) === this.#made.has(other.id) ? one.id < other.id : this.#made.has(other.id);
    const [kept, gone] = isFirst ? [one, other] : [other, one];
    this.#byId.delete(gone.id);
    for (const [from, to] of this.#merged) if (to === gone.id) this.#merged.set(from, kept.id);
    this.#merged.set(gone.id, kept.id);
    const heir = { ...kept, claimed: kept.claimed ?? gone.claimed };
    this.#byId.set(kept.id, heir);
    if (heir.claimed !== kept.claimed) this.#completed.add(kept.id);
    this.#complete(heir, gone.facts);
  }

  async write(tx: Tx, account: AccountKey): Promise<void> {
    const merges = [...this.#merged].filter(([gone]) => !this.#made.has(gone));
    await this.#insert(tx, account);
    if (merges.length > 0) {
      const pairs = sql`unnest(${merges.map(([gone]) => gone)}::uuid[], ${merges.map(([, kept]) => kept)}::uuid[])
        as merged(gone, kept)`;
      await sql`update refunds set payment_id = merged.kept from ${pairs} where payment_id = merged.gone`.execute(tx);
      await sql`update merged_payments set kept = merged.kept from ${pairs} where merged_payments.kept = merged.gone`.execute(
        tx,
      );
      await sql`insert into merged_payments (gone, kept) select gone, kept from ${pairs}`.execute(tx);
      await sql`delete from payments using ${pairs} where payments.id = merged.gone`.execute(tx);
    }
    await this.#update(tx, account);
  }

  async #insert(tx: Tx, account: AccountKey): Promise<void> {
    const made = [...this.#made].flatMap((id) => this.#byId.get(id) ?? []);
    if (made.length === 0) return;
    await addPayments(account, made).execute(tx);
  }

  async #update(tx: Tx, account: AccountKey): Promise<void> {
    const completed = [...this.#completed].flatMap((id) => (this.#made.has(id) ? [] : (this.#byId.get(id) ?? [])));
    if (completed.length === 0) return;
    await sql`
      update payments set merchant_payment_id = told.merchant_payment_id, provider_payment_id = told.provider_payment_id,
        amount_minor = told.amount_minor, currency = told.currency,
        claimed_minor = told.claimed_minor, claimed_currency = told.claimed_currency
      from ${rowsOf(account, completed)} as told where payments.id = told.id
    `.execute(tx);
  }
}

/** The statement that adds payments that nobody knows; their ids are locked. */
export const addPayments = (account: AccountKey, payments: readonly StoredPayment[]): RawBuilder<unknown> =>
  sql`insert into payments select * from ${rowsOf(account, payments)} order by id`;

const rowsOf = (account: AccountKey, payments: readonly StoredPayment[]) => {
  const rows = payments.map(({ id, facts, claimed }) => ({
    id,
    account_key: account,
    merchant_payment_id: facts.merchantPaymentId,
    provider_payment_id: facts.providerPaymentId,
    amount_minor: facts.amount?.minorUnits ?? null,
    currency: facts.amount?.currency ?? null,
    claimed_minor: claimed?.minorUnits ?? null,
    claimed_currency: claimed?.currency ?? null,
  }));
  return sql`jsonb_populate_recordset(null::payments, ${jsonText(rows)}::jsonb)`;
};

const differ = (one: PaymentFacts, other: PaymentFacts): boolean => differingFacts(one, other).length > 0;
