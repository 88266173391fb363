/** By which ids an account can be asked about a refund that is not known here, found out by asking for the question. */
import type { ProviderAccount } from '../providers/provider.ts';
import { merchantPaymentId, merchantRefundId, providerPaymentId, providerRefundId } from '../refunds/ids.ts';
import type { RefundLookup } from '../refunds/observation.ts';

const SOME_IDS = {
  merchantRefundId: merchantRefundId('1'),
  providerRefundId: providerRefundId('1'),
  merchantPaymentId: merchantPaymentId('1'),
  providerPaymentId: providerPaymentId('1'),
};

type IdName = keyof RefundLookup;

const NAMES: readonly IdName[] = ['merchantRefundId', 'providerRefundId', 'merchantPaymentId', 'providerPaymentId'];

/** Every choice of names, the small ones first. */
const CHOICES: readonly (readonly IdName[])[] = NAMES.reduce<readonly (readonly IdName[])[]>(
  (choices, name) => [...choices, ...choices.map((choice) => [...choice, name])],
  [[]],
).toSorted((a, b) => a.length - b.length);

/** The smallest choices of ids that make a question. A question alone sends nothing. */
function waysToAsk({ question }: ProviderAccount): readonly (readonly IdName[])[] {
  return CHOICES.reduce<readonly (readonly IdName[])[]>((ways, choice) => {
    const isMore = ways.some((way) => way.every((name) => choice.includes(name)));
    return isMore || question(only(choice)) === null ? ways : [...ways, choice];
  }, []);
}

const only = (names: readonly IdName[]): RefundLookup => ({
  merchantRefundId: names.includes('merchantRefundId') ? SOME_IDS.merchantRefundId : null,
  providerRefundId: names.includes('providerRefundId') ? SOME_IDS.providerRefundId : null,
  merchantPaymentId: names.includes('merchantPaymentId') ? SOME_IDS.merchantPaymentId : null,
  providerPaymentId: names.includes('providerPaymentId') ? SOME_IDS.providerPaymentId : null,
});

/** Whether the ids would do, were they ids that the provider could have given out: it can't know a refund by them then. */
export const isEnough = (lookup: RefundLookup, account: ProviderAccount): boolean =>
  waysToAsk(account).some((way) => way.every((name) => lookup[name] !== null));

/** "chain can be asked about a refund that is not known here by merchantRefundId together with merchantPaymentId." */
export function idsNeeded(account: ProviderAccount): string {
  const ways = waysToAsk(account).map((way) => way.join(' together with '));
  return `${account.key} can be asked about a refund that is not known here by ${ways.join(', or by ')}.`;
}
