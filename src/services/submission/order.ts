/**
 * What a frontend asks for, checked against the account and its provider's rules. All problems are found at
 * once, each with its path.
 */
import { createHash } from 'node:crypto';
import { isKeepable } from '../../ledger/json/json.ts';
import type { CreateRules, InputIssue, OptionsReading, ProviderAccount } from '../../providers/provider.ts';
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
  /** What was paid, where the caller knows it. */
  readonly paymentAmount: { readonly amount: string; readonly currency: string } | null;
  readonly reason: string | null;
  /** What only one provider takes: its wing reads it. */
  readonly options: CreateOptions | null;
  /** Who asks. It is no part of what an idempotency key stands for. */
  readonly actor: Actor;
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
  /** What was paid, as the caller says; null: the caller does not say. */
  readonly paymentAmount: Money | null;
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
  const { paymentAmount: given } = input;
  const parsed = parseMoney(input.amount.amount, input.amount.currency);
  const paid = given === null ? null : parseMoney(given.amount, given.currency);
  const options = readOptions(input.options, account);
  const hash = hashOf(input, account, { money: parsed, paid, options: options.meaning });
  const inputHash = keyIssues.length > 0 ? null : hash;
  if (create === undefined) {
    return { kind: 'invalid', issues: [issue('NOT_ALLOWED', `${key} can't create refunds.`, 'account')], inputHash };
  }
  const { rules } = create;
  const amount = readAmount('amount', parsed, input.amount.currency);
  const whole = given === null || paid === null ? null : readAmount('paymentAmount', paid, given.currency);
  const issues = [
    ...keyIssues,
    ...refundIdIssues(input.merchantRefundId),
    ...paymentIssues(input, rules, provider),
    ...('issue' in amount ? [amount.issue] : []),
    ...currencyIssues('amount', input.amount.currency, account),
    ...(whole !== null && 'issue' in whole ? [whole.issue] : []),
    ...(given === null ? [] : currencyIssues('paymentAmount', given.currency, account)),
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
    paymentAmount: whole !== null && 'money' in whole ? whole.money : null,
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
  read: {
    readonly money: Money | MoneyProblem;
    readonly paid: Money | MoneyProblem | null;
    readonly options: OptionsReading['meaning'] | null;
  },
): string {
  const { paymentAmount } = input;
  const meaning = [
    key,
    input.merchantRefundId,
    input.merchantPaymentId,
    input.providerPaymentId,
    ...meaningOf(input.amount, read.money),
    input.reason === '' ? null : input.reason,
    read.options,
    // Left out it leaves no trace: keys that were used before it was there stand for the same.
    ...(paymentAmount === null || read.paid === null ? [] : meaningOf(paymentAmount, read.paid)),
  ];
  return createHash('sha256').update(JSON.stringify(meaning)).digest('base64');
}

const meaningOf = (given: CreateInput['amount'], read: Money | MoneyProblem): readonly string[] => [
  typeof read === 'string' ? given.amount : read.minorUnits.toString(),
  given.currency,
];

const issue = (code: InputIssue['code'], message: string, ...path: string[]): InputIssue => ({
  path: ['input', ...path],
  code,
  message,
});

/** What the database can't store is refused, rather than changed. */
const UNKEEPABLE = 'Holds a character that can not be kept.';

function textIssues(name: string, text: string, longest: number): InputIssue[] {
  if (text === '' || text.length > longest) {
    const code = text === '' ? 'TOO_SHORT' : 'TOO_LONG';
    return [issue(code, `Expected 1 to ${longest} characters, got ${text.length}.`, name)];
  }
  return isKeepable(text) ? [] : [issue('MALFORMED', UNKEEPABLE, name)];
}

/** Issues of a text that names something. */
function idIssues(name: string, text: string, longest: number): InputIssue[] {
  const issues = textIssues(name, text, longest);
  if (issues.length > 0 || !hasUnseenEnd(text)) return issues;
  return [issue('MALFORMED', 'Begins or ends with white space, or with a character that is not seen.', name)];
}

function refundIdIssues(id: string | null): InputIssue[] {
  if (id === null || /^[A-Za-z0-9]{1,32}$/.test(id)) return [];
  const code = id === '' ? 'TOO_SHORT' : /^[A-Za-z0-9]+$/.test(id) ? 'TOO_LONG' : 'MALFORMED';
  return [
    issue(code, 'Expected 1 to 32 letters and digits; leave it out and the server makes one.', 'merchantRefundId'),
  ];
}

const PAYMENT_KEYS = ['merchantPaymentId', 'providerPaymentId'] as const;

function paymentIssues(input: CreateInput, rules: CreateRules, provider: string): InputIssue[] {
  const needed = rules.paymentKeys.join(' or ');
  const given = PAYMENT_KEYS.filter((name) => input[name] !== null);
  const wrong = given.filter((name) => !rules.paymentKeys.includes(name));
  const right = given.filter((name) => rules.paymentKeys.includes(name));
  return [
    ...wrong.map((name) =>
      issue('NOT_ALLOWED', `${provider} refunds a payment by ${needed}: leave ${name} out.`, name),
    ),
    ...(right.length > 1 ? [issue('NOT_ALLOWED', `Name the payment once: ${needed}.`, right.at(-1) ?? '')] : []),
    ...(right.length === 0
      ? [
          issue(
            'REQUIRED',
            `${provider} needs ${needed} to know which payment to give back.`,
            rules.paymentKeys[0] ?? '',
          ),
        ]
      : []),
    ...right.flatMap((name) => paymentIdIssues(name, input[name] ?? '', rules)),
  ];
}

function paymentIdIssues(name: string, id: string, rules: CreateRules): InputIssue[] {
  const issues = [...idIssues(name, id, rules.maxPaymentIdLength), ...forbiddenIssues(name, id, rules)];
  if (issues.length > 0 || !/\p{Cc}/u.test(id)) return issues;
  // No provider's answer is believed that has one in an id.
  return [issue('MALFORMED', 'Holds a control character.', name)];
}

/** The amount that stands under this name. */
function readAmount(
  name: 'amount' | 'paymentAmount',
  money: Money | MoneyProblem,
  currency: string,
): { readonly money: Money } | { readonly issue: InputIssue } {
  const wrong = (code: InputIssue['code'], message: string) => ({ issue: issue(code, message, name, 'amount') });
  switch (money) {
    case 'not-a-decimal':
      return wrong('MALFORMED', 'Expected a decimal number as text, such as "12.92".');
    case 'too-many-decimals':
      return wrong('TOO_MANY_DECIMALS', `${currency} has ${currencyExponent(currency)} decimals; nothing is rounded.`);
    case 'too-large':
      return wrong('OUT_OF_RANGE', `Expected at most ${MAX_MINOR_UNITS} minor units of ${currency}.`);
    default:
      return money.minorUnits > 0n ? { money } : wrong('OUT_OF_RANGE', 'Expected more than zero.');
  }
}

function currencyIssues(name: 'amount' | 'paymentAmount', given: string, { currency, key }: ProviderAccount) {
  if (given === currency) return [];
  return [issue('WRONG_CURRENCY', `The account ${key} is in ${currency}, not in ${given}.`, name, 'currency')];
}

function reasonIssues(reason: string | null, rules: CreateRules): InputIssue[] {
  if (reason === null || reason === '') return [];
  return [...textIssues('reason', reason, rules.maxReasonLength), ...forbiddenIssues('reason', reason, rules)];
}

/** Text that the provider's wire can't carry unharmed is refused, rather than changed. */
function forbiddenIssues(name: string, text: string, { forbiddenCharacters = [] }: CreateRules): InputIssue[] {
  const found = forbiddenCharacters.filter((character) => text.includes(character));
  return found.length === 0
    ? []
    : [issue('MALFORMED', `Holds ${found.join(' and ')}, which this provider can not take.`, name)];
}

/** What the account's wing makes of the options. Those of another provider have no meaning here. */
function readOptions(
  given: CreateOptions | null,
  { create, key, provider }: ProviderAccount,
): Omit<OptionsReading, 'meaning'> & { readonly meaning: OptionsReading['meaning'] | null } {
  if (given !== null && given.provider !== provider) {
    const message = `${key} is an account of ${provider}, not of ${given.provider}.`;
    return { meaning: [given.provider], details: null, problems: [{ path: [], code: 'NOT_ALLOWED', message }] };
  }
  return create?.options?.(given) ?? { meaning: null, details: null, problems: [] };
}

function optionsIssues(given: CreateOptions | null, problems: OptionsReading['problems']): InputIssue[] {
  if (given === null) return [];
  const member = given.provider.toLowerCase();
  const unkeepable = Object.entries(given).filter(([, value]) => typeof value === 'string' && !isKeepable(value));
  return [
    ...problems.map(({ path, code, message }) => issue(code, message, member, ...path)),
    ...unkeepable.map(([name]) => issue('MALFORMED', UNKEEPABLE, member, name)),
  ];
}
