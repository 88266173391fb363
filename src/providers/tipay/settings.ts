/** What an operator tells us about a TiPay account. Every default says whether TiPay documents it. */
import { z } from 'zod';
import { REFUND_STATUSES } from '../../refunds/refund.ts';
import { answerMatches } from '../wire/answer-match.ts';
import { RSA_HASHES, rsaKeySetting } from '../wire/rsa.ts';
import { currencySetting, pathSetting, sharedSettings } from '../settings.ts';

const codes = z.array(z.string().min(1));

export const tiPaySettings = z.strictObject({
  provider: z.literal('TIPAY'),
  ...sharedSettings,
  currency: currencySetting.default('CNY').describe('ISO 4217 code; amounts are documented in yuan.'),
  appId: z.string().min(1).describe('The ti-appid that TianheChain gave out.'),
  appKey: z.string().min(1).describe('The key that requests are signed with.'),
  merchantNo: z.string().min(1).describe('The number of the merchant who receives payments.'),
  platformPublicKey: rsaKeySetting('public').describe(
    "TianheChain's RSA key that callbacks are verified with: PEM, or Base64 of SPKI without armour.",
  ),
  signature: z
    .strictObject({
      sortedKeys: z
        .boolean()
        .default(false)
        .describe('Send and sign the inputs of a call sorted by name (inferred: in the order of the page).'),
    })
    .prefault({}),
  callbackSignature: z
    .strictObject({
      hash: z.enum(RSA_HASHES).default('SHA1').describe('Digest of the signature of callbacks (another public page).'),
    })
    .prefault({}),
  statuses: z
    .record(z.string(), z.enum(REFUND_STATUSES))
    .default({})
    .describe(
      'More words of status, or other meanings: {"CLOSED": "CANCELED"}. PROCESSING, SUCCESS and FAILED are documented; CANCEL, SUSPEND, REJECT and REJECTIVE are inferred from YeePay; any other word means PROCESSING.',
    ),
  notFoundCodes: answerMatches
    .default(['404'])
    .describe(
      'Answers that mean "no such refund" (inferred). A text is a code or data.code; an object names code, dataCode and msg together: {"code": "500", "msg": "不存在"}, msg being a part of the words; /…/ is a regular expression. A lost create is sent again, or given up, only after such an answer or one that emptyMeansNotFound takes for it.',
    ),
  emptyMeansNotFound: z
    .boolean()
    .default(true)
    .describe(
      'Whether a query that succeeds with data null means "no such refund" (inferred); false: such an answer is an error. Success without the member data always is one.',
    ),
  temporaryCodes: answerMatches
    .default(['429', '500', '502', '503', '504'])
    .describe('Answers, told as by notFoundCodes, that say nothing about what happened: asked again later (inferred).'),
  misconfiguredCodes: answerMatches
    .default(['401', '403'])
    .describe(
      'Answers, told as by notFoundCodes, that mean wrong ids or keys of ours (inferred from the HTTP statuses they look like).',
    ),
  dataSuccessCodes: codes
    .min(1)
    .default(['OPR00000'])
    .describe('Values of data.code, where it is there, that mean success (documented, by the sample only).'),
  unclearDataCodes: answerMatches
    .default([])
    .describe(
      'Values of data.code, or answers told as by notFoundCodes, after which a refund may still have been made: the create is then asked about, and sent again under its id. Any other one that is no success refuses it, once the query does not show it either (documented by YeePay).',
    ),
  amountCodes: answerMatches
    .default([{ msg: '/退款金额|可退金额|可退余额/' }])
    .describe(
      'Answers, and reasons of a failure, told as by notFoundCodes, whose cause is the amount: the same refund fails again, so it is not retryable (inferred from their words).',
    ),
  maxReasonLength: z
    .int()
    .min(1)
    .max(1000)
    .default(128)
    .describe('Longest description of a refund, in characters (inferred).'),
  paths: z
    .strictObject({
      create: pathSetting.default('/api/v1/yb/trade/refund').describe('Where refunds are made (another public page).'),
      query: pathSetting.default('/api/v1/yb/trade/query').describe('Where refunds are asked for (documented).'),
    })
    .prefault({}),
});

export type TiPaySettings = z.output<typeof tiPaySettings>;
