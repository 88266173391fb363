/** What a frontend asks for, checked against the account and its provider's rules: every problem at once, each with its path. */
import { createHash } from 'node:crypto';
import { isKeepable } from '../../ledger/json.ts';
import type { CreateRules, ProviderAccount } from '../../providers/provider.ts';
import {
  hasUnseenEnd,
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  type AccountKey,
  type MerchantPaymentId,
  type MerchantRefundId,
  type ProviderPaymentId,
} from '../../refunds/ids.ts';
import { currencyExponent, MAX_MINOR_UNITS, parseMoney, type Money, type MoneyProblem } from '../../refunds/money.ts';
import type { ShoutuRefundMode } from '../../refunds/refund.ts';

/** The input as it came, absent members as null. */
export interface CreateInput {
  readonly idempotencyKey: string;
  readonly merchantRefundId: string | null;
  readonly merchantPaymentId: string | null;
  readonly providerPaymentId: string | null;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly reason: string | null;
  readonly shoutu: ShoutuChoice | null;
}

export interface ShoutuChoice {
  readonly refundMode: ShoutuRefundMode;
  readonly businessId: string | null;
}

/** Something wrong in an input. The path begins with the argument's name. */
export interface InputIssue {
  readonly path: readonly string[];
  readonly message: string;
}

/** An input that can be sent. */
export interface CreateOrder {
  readonly account: AccountKey;
  readonly idempotencyKey: string;
  /** Equal for inputs that mean the same: "10" and "10.00", whatever the order of members. */
  readonly inputHash: string;
  /** `null`: made of the account and the key. */
  readonly merchantRefundId: MerchantRefundId | null;
  /** Exactly one of the two is set. */
  readonly merchantPaymentId: MerchantPaymentId | null;
  readonly providerPaymentId: ProviderPaymentId | null;
  readonly amount: Money;
  readonly reason: string | null;
  readonly shoutu: ShoutuChoice | null;
}

type Reading =
  | { readonly order: CreateOrder }
  /** `inputHash` is null where the key itself is wrong: it can't have been used. */
  | { readonly issues: readonly InputIssue[]; readonly inputHash: string | null };

/** Anything longer is a mistake and is not carried upstream. */
const MAX_BUSINESS_ID_LENGTH = 128;

const NO_CHOICE: ShoutuChoice = { refundMode: 'ENTIRE_REFUND', businessId: null };

/** Reads an input for an account. */
export function readOrder(input: CreateInput, account: ProviderAccount): Reading {
  const { create, key, provider } = account;
  const keyIssues = idIssues('idempotencyKey', input.idempotencyKey, 255);
  const parsed = parseMoney(input.amount.amount, input.amount.currency);
  const inputHash = hashOf(input, account, parsed);
  const usable = keyIssues.length > 0 ? null : inputHash;
  if (create === undefined) return { issues: [issue(`${key} can't create refunds.`, 'account')], inputHash: usable };
  const { rules } = create;
  const amount = readAmount(parsed, input.amount.currency);
  const issues = [
    ...keyIssues,
    ...refundIdIssues(input.merchantRefundId),
    ...paymentIssues(input, rules, provider),
    ...('issue' in amount ? [amount.issue] : []),
    ...currencyIssues(input.amount.currency, account),
    ...reasonIssues(input.reason, rules),
    ...shoutuIssues(input.shoutu, account),
  ];
  if (issues.length > 0 || 'issue' in amount) return { issues, inputHash: usable };
  const order = {
    account: key,
    merchantRefundId: input.merchantRefundId === null ? null : merchantRefundId(input.merchantRefundId),
    merchantPaymentId: input.merchantPaymentId === null ? null : merchantPaymentId(input.merchantPaymentId),
    providerPaymentId: input.providerPaymentId === null ? null : providerPaymentId(input.providerPaymentId),
    amount: amount.money,
    reason: input.reason === '' ? null : input.reason,
    // What is left out means the same as what is written out.
    shoutu: provider === 'SHOUTU' ? (input.shoutu ?? NO_CHOICE) : null,
  } as const;
  return { order: { ...order, idempotencyKey: input.idempotencyKey, inputHash } };
}

/** Of the input alone, whatever the account's settings say now: a call that was taken once is known again after they changed. */
function hashOf(input: CreateInput, { key, provider }: ProviderAccount, money: Money | MoneyProblem): string {
  const { amount, currency } = input.amount;
  const shoutu = input.shoutu ?? (provider === 'SHOUTU' ? NO_CHOICE : null);
  const meaning = [
    key,
    input.merchantRefundId,
    input.merchantPaymentId,
    input.providerPaymentId,
    typeof money === 'string' ? amount : money.minorUnits.toString(),
    currency,
    input.reason === '' ? null : input.reason,
    shoutu === null ? null : [shoutu.refundMode, shoutu.businessId],
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('base64');
}

const issue = (message: string, ...path: string[]): InputIssue => ({ path: ['input', ...path], message });

function textIssues(name: string, text: string, longest: number, ...above: string[]): InputIssue[] {
  if (text === '' || text.length > longest) {
    return [issue(`Expected 1 to ${longest} characters, got ${text.length}.`, ...above, name)];
  }
  // What no database can keep is refused, rather than changed.
  return isKeepable(text) ? [] : [issue('Holds a character that can not be kept.', ...above, name)];
}

/** Issues of a text that names something. */
function idIssues(name: string, text: string, longest: number, ...above: string[]): InputIssue[] {
  const issues = textIssues(name, text, longest, ...above);
  if (issues.length > 0 || !hasUnseenEnd(text)) return issues;
  return [issue('Begins or ends with white space, or with a character that is not seen.', ...above, name)];
}

const refundIdIssues = (id: string | null): InputIssue[] =>
  id === null || /^[A-Za-z0-9]{1,32}$/.test(id)
    ? []
    : [issue('Expected 1 to 32 letters and digits; leave it out and the server makes one.', 'merchantRefundId')];

const PAYMENT_KEYS = ['merchantPaymentId', 'providerPaymentId'] as const;

function paymentIssues(input: CreateInput, rules: CreateRules, provider: string): InputIssue[] {
  const needed = rules.paymentKeys.join(' or ');
  const given = PAYMENT_KEYS.filter((name) => input[name] !== null);
  const wrong = given.filter((name) => !rules.paymentKeys.includes(name));
  const right = given.filter((name) => rules.paymentKeys.includes(name));
  return [
    ...wrong.map((name) => issue(`${provider} refunds a payment by ${needed}: leave ${name} out.`, name)),
    ...(right.length > 1 ? [issue(`Name the payment once: ${needed}.`, right.at(-1) ?? '')] : []),
    ...(right.length === 0
      ? [issue(`${provider} needs ${needed} to know which payment to give back.`, rules.paymentKeys[0] ?? '')]
      : []),
    ...right.flatMap((name) => paymentIdIssues(name, input[name] ?? '', rules)),
  ];
}

function paymentIdIssues(name: string, id: string, { maxPaymentIdLength }: CreateRules): InputIssue[] {
  const issues = idIssues(name, id, maxPaymentIdLength);
  if (issues.length > 0 || !/\p{Cc}/u.test(id)) return issues;
  // No provider's answer is believed that has one in an id.
  return [issue('Holds a control character.', name)];
}

type Amount = { readonly money: Money } | { readonly issue: InputIssue };

function readAmount(money: Money | MoneyProblem, currency: string): Amount {
  const wrong = (message: string) => ({ issue: issue(message, 'amount', 'amount') });
  if (typeof money === 'string') return wrong(amountProblem(money, currency));
  return money.minorUnits > 0n ? { money } : wrong('Expected more than zero.');
}

function amountProblem(problem: MoneyProblem, currency: string): string {
  switch (problem) {
    case 'not-a-decimal':
      return 'Expected a decimal number as text, such as "12.92".';
    case 'too-many-decimals':
      return `${currency} has ${currencyExponent(currency)} decimals; nothing is rounded.`;
    case 'too-large':
      return `Expected at most ${MAX_MINOR_UNITS} minor units of ${currency}.`;
  }
}

const currencyIssues = (given: string, { currency, key }: ProviderAccount): InputIssue[] =>
  given === currency ? [] : [issue(`The account ${key} is in ${currency}, not in ${given}.`, 'amount', 'currency')];

function reasonIssues(reason: string | null, { maxReasonLength }: CreateRules): InputIssue[] {
  if (reason === null || reason === '') return [];
  return textIssues('reason', reason, maxReasonLength);
}

function shoutuIssues(shoutu: ShoutuChoice | null, { provider, key }: ProviderAccount): InputIssue[] {
  if (shoutu === null) return [];
  if (provider !== 'SHOUTU') return [issue(`${key} is an account of ${provider}, not of Shoutu.`, 'shoutu')];
  return shoutu.businessId === null ? [] : idIssues('businessId', shoutu.businessId, MAX_BUSINESS_ID_LENGTH, 'shoutu');
}
