/** The details of a seed refund that make it look like one of its provider. */
import type { ProviderName, Refund, Status } from '../model.ts';
import { pick, type Random } from '../random.ts';
import * as texts from './texts.ts';

/** Why the money was given back. */
export function reasonFor(provider: ProviderName, random: Random): string {
  switch (provider) {
    case 'SHOUTU':
      return pick(random, texts.CHINESE_REASONS);
    case 'BLUEPAY':
      return pick(random, texts.THAI_REASONS);
    case 'TIPAY':
      return pick(random, texts.TIPAY_REASONS);
  }
}

/** Why it failed, in the provider's words. */
export function failureFor(provider: ProviderName, random: Random): NonNullable<Refund['failure']> {
  switch (provider) {
    case 'SHOUTU':
      return pick(random, texts.SHOUTU_FAILURES);
    case 'BLUEPAY':
      return pick(random, texts.BLUEPAY_FAILURES);
    case 'TIPAY':
      return pick(random, texts.TIPAY_FAILURES);
  }
}

/** Now and then a rarer word of the provider: BluePay's spelling of "canceled" is not known, TiPay has several failures. */
export function wordFor(provider: ProviderName, status: Status, random: Random): string | null {
  if (provider === 'BLUEPAY' && status === 'CANCELED') return pick(random, ['CANCEL', 'CANCELED', 'CANCELLED']);
  if (provider === 'TIPAY' && status === 'PROCESSING') return pick(random, [null, null, 'SUSPEND']);
  if (provider === 'TIPAY' && status === 'FAILED') return pick(random, [null, null, 'REJECT', 'REJECTIVE']);
  return null;
}

/** Wire members that only this provider has. */
export function extraFor(provider: ProviderName, amount: bigint, random: Random): Record<string, string> {
  switch (provider) {
    case 'SHOUTU':
      return {
        refundMode: pick(random, ['ENTIRE_REFUND', 'ITEMIZED_REFUND']),
        businessId: pick(random, texts.BUSINESS_IDS),
        extJsonb: pick(random, texts.EXTENSIONS),
        mchNoBranch: pick(random, texts.BRANCHES),
      };
    case 'BLUEPAY':
      return {};
    case 'TIPAY': {
      // Some are paid out of two accounts of the merchant.
      const fromFund = random() < 0.2 ? { fromFund: (amount / 3n).toString() } : {};
      return { ...fromFund, channelReceiverInfo: pick(random, texts.RECEIVERS) };
    }
  }
}
