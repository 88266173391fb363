/**
 * What the campaign must know of each provider besides its simulation. The compiler asks for each of them.
 */
import { PROVIDERS, type ProviderName } from '../../src/sandbox/model.ts';

interface Traits {
  /** The key of its account. */
  readonly account: string;
  readonly currency: string;
  /** How often it is called, beside the others: most of all where a provider may pay twice. */
  readonly weight: number;
  /** Whether many keys share a payment until nothing is left of it, or a few meet at a busy one. */
  readonly payments: 'shared' | 'busy';
  /** The members of a create that hold the reason (which holds the key), the id, the amount, the address. */
  readonly wireNames: readonly [key: string, id: string, amount: string, notifyUrl: string];
  /**
   * Three codes of a refusal: one is final, one says "not now", one leaves open whether the create was
   * executed.
   */
  readonly refusal: string;
  readonly busy: string;
  readonly unclear: string;
  /** "I have it", and nothing else. */
  readonly saidKnown: string;
}

export const TRAITS = {
  SHOUTU: {
    account: 'library',
    currency: 'CNY',
    weight: 40,
    payments: 'shared',
    wireNames: ['refundReason', 'mchRefundNo', 'refundAmount', 'notifyUrl'],
    refusal: '9999',
    busy: '9999',
    unclear: '500',
    saidKnown: '{"code":"0","msg":"SUCCESS","data":null}',
  },
  BLUEPAY: {
    account: 'blue',
    currency: 'THB',
    weight: 30,
    payments: 'busy',
    wireNames: ['refundReason', 'mchRefundOrderId', 'refundAmount', 'refundCallbackUrl'],
    refusal: '21014',
    busy: '21409',
    unclear: '21000',
    saidKnown: '{"code":21407,"message":"mchRefundOrderId repeated"}',
  },
  TIPAY: {
    account: 'chain',
    currency: 'CNY',
    weight: 30,
    payments: 'busy',
    wireNames: ['description', 'refundRequestId', 'refundAmount', 'notifyUrl'],
    refusal: '422',
    busy: '422',
    unclear: '500',
    saidKnown: '{"code":200,"success":true,"data":null,"msg":""}',
  },
} as const satisfies Readonly<Record<ProviderName, Traits>>;

export type Account = (typeof TRAITS)[ProviderName]['account'];
export const ACCOUNTS: readonly Account[] = PROVIDERS.map((name) => TRAITS[name].account);

/** The provider of an account. */
export function providerOf(account: Account): ProviderName {
  const found = PROVIDERS.find((name) => TRAITS[name].account === account);
  if (found === undefined) throw new Error(`No provider has the account ${account}`);
  return found;
}

/** The currency of an account. */
export const currencyOf = (account: Account): string => TRAITS[providerOf(account)].currency;
