/** Ids as the three providers give them, with the lengths and prefixes of their pages' examples. */
import type { ProviderName } from './model.ts';
import { digits, type Random } from './random.ts';

/** A refund's id at its provider: channelOrderNo, refundTransactionId, uniqueRefundNo. `serial` makes it unique. */
export function providerRefundId(provider: ProviderName, random: Random, serial: number): string {
  const tail = String(serial).padStart(8, '0');
  switch (provider) {
    case 'SHOUTU':
      return `50${digits(random, 18)}${tail}`;
    case 'BLUEPAY':
      return `18${digits(random, 9)}${tail}`;
    case 'TIPAY':
      return `1002${digits(random, 16)}${tail}`;
  }
}

/** A payment's ids on both sides. */
export function paymentIds(
  provider: ProviderName,
  random: Random,
  serial: number,
): { readonly providerPaymentId: string; readonly merchantPaymentId: string } {
  const tail = String(serial).padStart(8, '0');
  switch (provider) {
    case 'SHOUTU':
      return { providerPaymentId: `42${digits(random, 18)}${tail}`, merchantPaymentId: `LIBPAY${tail}` };
    case 'BLUEPAY':
      return { providerPaymentId: `CU${digits(random, 10)}${tail}`, merchantPaymentId: `BLUEPAY${tail}` };
    case 'TIPAY':
      return { providerPaymentId: `1013${digits(random, 16)}${tail}`, merchantPaymentId: `CHAINPAY${tail}` };
  }
}
