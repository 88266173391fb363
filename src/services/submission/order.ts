/**
 * What a frontend asks for, checked against the account and its provider's rules. All problems are found at
 * once, each with its path.
 */
import { createHash } from 'node:crypto';
import { isKeepable } from '../../ledger/json.ts';
import type { CreateRules, OptionsReading, ProviderAccount } from '../../providers/provider.ts';
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
import type { Actor, CreateOptions, RefundDetails } from '../../refunds/refund.ts';

/** The input as it came, absent members as null. */
export interface CreateInput {
  readonly idempotencyKey: string;
  readonly merchantRefundId: string | null;
  readonly merchantPaymentId: string | null;
  readonly providerPaymentId: string | null;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly reason: string | null;
  /** What only one provider takes: its wing reads it. */
  readonly options: CreateOptions | null;
  /** Who asks. It is no part of what an idempotency key stands for. */
  readonly actor: Actor;
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
  /** What the wing made of the options. */
  readonly details: RefundDetails | null;
  readonly actor: Actor;
}

type OrderReading =
  | { readonly kind: 'order'; readonly order: CreateOrder }
  /** `inputHash` is null where the key itself is wrong: it can't have been used. */
  | { readonly kind: 'invalid'; readonly issues: readonly InputIssue[]; readonly inputHash: string | null };

/** Reads an input for an account. */
export function readOrder(input: CreateInput, account: ProviderAccount): OrderReading {
  const { create, key, provider } = account;
  const keyIssues = idIssues('idempotencyKey', input.idempotencyKey, 255);
  const parsed = parseMoney(input.amount.amount, input.amount.currency);
  const options = readOptions(input.options, account);
  const hash = hashOf(input, account, { money: parsed, options: options.meaning });
  const inputHash = keyIssues.length > 0 ? null : hash;
  if (create === undefined) {
    return { kind: 'invalid', issues: [issue(`${key} can't create refunds.`, 'account')], inputHash };
  }
  const { rules } = create;
  const amount = readAmount(parsed, input.amount.currency);
  const issues = [
    ...keyIssues,
    ...refundIdIssues(input.merchantRefundId),
    ...paymentIssues(input, rules, provider),
    ...('issue' in amount ? [amount.issue] : []),
    ...currencyIssues(input.amount.currency, account),
    ...reasonIssues(input.reason, rules),
    ...optionsIssues(input.options, options.problems),
  ];
  if (issues.length > 0 || 'issue' in amount) return { kind: 'invalid', issues, inputHash };
  const order = {
    account: key,
    merchantRefundId: input.merchantRefundId === null ? null : merchantRefundId(input.merchantRefundId),
    merchantPaymentId: input.merchantPaymentId === null ? null : merchantPaymentId(input.merchantPaymentId),
    providerPaymentId: input.providerPaymentId === null ? null : providerPaymentId(input.providerPaymentId),
    amount: amount.money,
    reason: input.reason === '' ? null : input.reason,
    details: options.details,
    actor: input.actor,
  } as const;
  return { kind: 'order', order: { ...order, idempotencyKey: input.idempotencyKey, inputHash: hash } };
}

/**
 * Depends on the input alone and not on the account's settings: a call that was taken once is recognised
 * after they have changed.
 */
function hashOf(
  input: CreateInput,
  { key }: ProviderAccount,
  { money, options }: { readonly money: Money | MoneyProblem; readonly options: OptionsReading['meaning'] | null },
): string {
  const { amount, currency } = input.amount;
  const meaning = [
    key,
    input.merchantRefundId,
    input.merchantPaymentId,
    input.providerPaymentId,
    typeof money === 'string' ? amount : money.minorUnits.toString(),
    currency,
    input.reason === '' ? null : input.reason,
    options,
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('base64');
}

const issue = (message: string, ...path: string[]): InputIssue => ({ path: ['input', ...path], message });

/** What the database can't store is refused, rather than changed. */
const UNKEEPABLE = 'Holds a character that can not be kept.';

function textIssues(name: string, text: string, longest: number): InputIssue[] {
  if (text === '' || text.length > longest) {
    return [issue(`Expected 1 to ${longest} characters, got ${text.length}.`, name)];
  }
  return isKeepable(text) ? [] : [issue(UNKEEPABLE, name)];
}

/** Issues of a text that names something. */
function idIssues(name: string, text: string, longest: number): InputIssue[] {
  const issues = textIssues(name, text, longest);
  if (issues.length > 0 || !hasUnseenEnd(text)) return issues;
  return [issue('Begins or ends with white space, or with a character that is not seen.', name)];
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

function paymentIdIssues(name: string, id: string, rules: CreateRules): InputIssue[] {
  const issues = [...idIssues(name, id, rules.maxPaymentIdLength), ...forbiddenIssues(name, id, rules)];
  if (issues.length > 0 || !/\p{Cc}/u.test(id)) return issues;
  // No provider's answer is believed that has one in an id.
  return [issue('Holds a control character.', name)];
}

function readAmount(
  money: Money | MoneyProblem,
  currency: string,
): { readonly money: Money } | { readonly issue: InputIssue } {
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

function reasonIssues(reason: string | null, rules: CreateRules): InputIssue[] {
  if (reason === null || reason === '') return [];
  return [...textIssues('reason', reason, rules.maxReasonLength), ...forbiddenIssues('reason', reason, rules)];
}

/** Text that the provider's wire can't carry unharmed is refused, rather than changed. */
function forbiddenIssues(name: string, text: string, { forbiddenCharacters = [] }: CreateRules): InputIssue[] {
  const found = forbiddenCharacters.filter((character) => text.includes(character));
  return found.length === 0 ? [] : [issue(`Holds ${found.join(' and ')}, which this provider can not take.`, name)];
}

/** What the account's wing makes of the options. Those of another provider have no meaning here. */
function readOptions(
  given: CreateOptions | null,
  { create, key, provider }: ProviderAccount,
): Omit<OptionsReading, 'meaning'> & { readonly meaning: OptionsReading['meaning'] | null } {
  if (given !== null && given.provider !== provider) {
    const message = `${key} is an account of ${provider}, not of ${given.provider}.`;
    return { meaning: [given.provider], details: null, problems: [{ path: [], message }] };
  }
  return create?.options?.(given) ?? { meaning: null, details: null, problems: [] };
}

function optionsIssues(given: CreateOptions | null, problems: OptionsReading['problems']): InputIssue[] {
  if (given === null) return [];
  const member = given.provider.toLowerCase();
  const unkeepable = Object.entries(given).filter(([, value]) => typeof value === 'string' && !isKeepable(value));
  return [
    ...problems.map(({ path, message }) => issue(message, member, ...path)),
    ...unkeepable.map(([name]) => issue(UNKEEPABLE, member, name)),
  ];
}
