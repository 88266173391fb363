/** What an operator tells us about a BluePay account. Every default says whether BluePay documents it. */
import { z } from 'zod';
import { REFUND_STATUSES } from '../../refunds/refund.ts';
import { RSA_HASHES, rsaKeySetting } from '../wire/rsa.ts';
import { currencySetting, pathSetting, sharedSettings } from '../settings.ts';

export const bluePaySettings = z.strictObject({
  provider: z.literal('BLUEPAY'),
  ...sharedSettings,
  currency: currencySetting.describe('ISO 4217 code of every amount of this account; the wire names no currency.'),
  appId: z.string().min(1).describe('The appId that BluePay gave out.'),
  privateKey: rsaKeySetting('private').describe(
    "The merchant's RSA key that signs requests: PEM, or Base64 of PKCS#8 without armour. Any size.",
  ),
  platformPublicKey: rsaKeySetting('public').describe(
    "BluePay's RSA key that callbacks are verified with: PEM, or Base64 of SPKI without armour.",
  ),
  timestampUnit: z
    .enum(['ms', 's'])
    .default('ms')
    .describe('Unit of `timestamp` in requests (documented as ms; the samples are in seconds).'),
  minorUnitExponent: z
    .int()
    .min(0)
    .max(6)
    .optional()
    .describe(
      "Amounts are integers of 10^-this major units. Default: 0 for IDR (another public page: whole units for Indonesia), else the currency's ISO 4217 exponent (documented as minor units).",
    ),
  signature: z
    .strictObject({
      hash: z
        .enum(RSA_HASHES)
        .default('SHA256')
        .describe('Digest of request and callback signatures (another public page; some accounts have SHA1).'),
    })
    .prefault({}),
  statuses: z
    .record(z.string(), z.enum(REFUND_STATUSES))
    .default({})
    .describe(
      'More words of refundStatus, or other meanings: {"VOID": "CANCELED"}. COMPLETED and FAILED are documented; PENDING and COMPLETE stand on other public pages; CANCEL, CANCELED and CANCELLED are inferred; any other word means PROCESSING, also the eventName of a callback without refundStatus, which can be given a meaning here.',
    ),
  paths: z
    .strictObject({
      create: pathSetting.default('/open-api/payment/refund').describe('Where refunds are made (another public page).'),
      query: pathSetting.default('/open-api/refund/payments').describe('Where refunds are asked for (documented).'),
    })
    .prefault({}),
});

export type BluePaySettings = z.output<typeof bluePaySettings>;
