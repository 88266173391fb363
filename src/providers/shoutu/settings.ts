/** What an operator tells us about a Shoutu account. Every default says whether Shoutu documents it. */
import { z } from 'zod';
import { REFUND_STATUSES } from '../../refunds/refund.ts';
import { answerMatches } from '../wire/answer-match.ts';
import { RECORD_MEMBERS } from './record-names.ts';
import { currencySetting, pathSetting, sharedSettings } from '../settings.ts';

const code = z.string().min(1);
const codes = z.array(code);
const status = z.enum(REFUND_STATUSES);

/** Members that a create sends under names that no setting changes. */
const FIXED_MEMBERS: ReadonlySet<string> = new Set([
  'reqTime',
  'appId',
  'sign',
  'tenantId',
  'channelPayOrderNo',
  'mchOrderNo',
  'mchRefundNo',
  'refundMode',
  'businessId',
]);

/** Members that a create sends by itself; an account's constant members may not stand in for them. */
const CREATE_MEMBERS: ReadonlySet<string> = new Set([...FIXED_MEMBERS, 'refundAmount', 'refundReason', 'notifyUrl']);

/** Members of a condition that it has by itself. */
const CONDITION_MEMBERS: ReadonlySet<string> = new Set(['cp', 'field', 'lc', 'value']);

const memberName = z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'expected the name of a member');

/** What a create calls three of its members. */
const createMemberNames = z
  .strictObject({
    refundAmount: memberName.default('refundAmount').describe('The amount to give back (another public page).'),
    refundReason: memberName.default('refundReason').describe('Why it is given back (another public page).'),
    notifyUrl: memberName.default('notifyUrl').describe('Where the callback is sent to (another public page).'),
  })
  .refine(
    (names) => new Set([...FIXED_MEMBERS, ...Object.values(names)]).size === FIXED_MEMBERS.size + 3,
    'expected names that differ from each other and from the other members of a create',
  )
  .prefault({})
  .describe('Names of members of a create, where the library has other ones.');

/** The calls of an account. */
const CALL_NAMES = ['refund', 'list', 'query'] as const;
export type ShoutuCallName = (typeof CALL_NAMES)[number];

/**
 * Members that a create can be sent without. The amount is not one of them: without it the gateway would
 * choose how much.
 */
const CREATE_OMISSIONS = ['reqTime', 'sign', 'tenantId', 'refundMode', 'refundReason', 'notifyUrl'] as const;
export type CreateOmission = (typeof CREATE_OMISSIONS)[number];

/** Headers that the transport writes itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'host',
  'connection',
  'transfer-encoding',
]);

const header = z
  .string()
  .regex(/^[!#$%&'*+.^`|~\w-]{1,64}$/, 'expected the name of a header')
  .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'expected a header that a call does not have by itself');

const headerSignature = z
  .strictObject({
    appId: z.string().min(1).describe('Header lk-appid: 15 digits that the library gave out.'),
    secret: z.string().min(1).describe('The key of lk-sign.'),
    text: z
      .string()
      .min(1)
      .default('{appId}{time}{nonce}{secret}')
      .describe(
        'The text whose MD5 is lk-sign, with {appId}, {time}, {nonce}, {body} and {secret} in their places. THE RULE IS NOT PUBLIC: the default is a guess; ask the library.',
      ),
    calls: z.array(z.enum(CALL_NAMES)).min(1).default(['refund']).describe('The calls that go over the OpenAPI route.'),
  })
  .describe(
    "Headers lk-appid, lk-time, lk-nonce and lk-sign of the gateway's OpenAPI route, whose names and forms stand on another public page.",
  );
export type HeaderSignature = z.output<typeof headerSignature>;

/** `cp` codes of the condition object; what has no code is not pushed down. */
const conditionCodes = z
  .strictObject({
    eq: code.default('0').describe('Equal (documented by the sample, its meaning inferred).'),
    gte: code.optional().describe('At or after. No code for ranges is public.'),
    gt: code.optional().describe('After.'),
    lt: code.optional().describe('Before.'),
    lte: code.optional().describe('At or before.'),
  })
  .prefault({})
  .describe('Codes of comparisons, member cp. Ranges of createdTime are asked for only with codes given here.');

const members = z.strictObject({
  provider: z.literal('SHOUTU'),
  ...sharedSettings,
  currency: currencySetting.default('CNY').describe('ISO 4217 code of every amount (inferred; the wire names none).'),
  appId: z.string().min(1).describe('The appId that the library gave out.'),
  tenantId: z.string().min(1).describe('The tenantId that the library gave out; part of every query.'),
  secret: z.string().min(1).describe('The key that requests and callbacks are signed with.'),
  signature: z
    .strictObject({
      nested: z
        .enum(['compact', 'omit', 'sorted'])
        .default('compact')
        .describe(
          'How an object counts in the signature: its compact JSON as sent, not at all, or with sorted keys (inferred).',
        ),
    })
    .prefault({})
    .describe("The signature's rule is Jeepay's (inferred)."),
  reqTimeFormat: z
    .enum(['epoch-ms', 'yyyyMMddHHmmss'])
    .default('epoch-ms')
    .describe("Form of reqTime (inferred from Jeepay; the sample has 13 digits). The second is in the account's zone."),
  successCodes: codes.min(1).default(['0', '200', 'SUCCESS']).describe('Values of code that mean success (inferred).'),
  unclearCodes: answerMatches
    .default(['10', '12', '500', '502', '503', '504'])
    .describe(
      'Answers after which a refund may still have been made: failures inside the gateway (inferred from Jeepay and HTTP). The refund stays PENDING and is asked for. Any other code that is no success refuses it. A text is a code; an object names code and msg together: {"code": "9999", "msg": "/系统|超时/"}, msg being a part of the words, /…/ a regular expression.',
    ),
  busyWords: z
    .array(z.string().min(1))
    .default(['在途退款'])
    .describe(
      'Words in a refusal that mean "another refund of this payment is under way": the refund was not taken, and may be tried again later (inferred from Jeepay, whose code for it is 9999).',
    ),
  amountUnit: z
    .enum(['fen', 'yuan'])
    .default('fen')
    .describe('Amounts are whole minor units (fen) or decimal text in the major unit (yuan) (inferred).'),
  statuses: z
    .record(z.string(), status)
    .default({})
    .describe(
      'More values of refundState, or other meanings: {"4": "CANCELED"}. Inferred: 0 to 4 and INIT, REFUNDING, PROCESSING, SUCCESS, FAIL, FAILED, CLOSED; any other value means PROCESSING. 4 and CLOSED are PROCESSING with attention UNDECIDED, because Jeepay closes refunds without knowing whether money moved; where yours means that none did, say CANCELED.',
    ),
  statusConditions: z
    .partialRecord(status, code)
    .default({})
    .describe(
      'The one value of refundState by which all refunds of a status are found: {"SUCCEEDED": "2"}. A filter by a status without one is not pushed down, because several values may mean it (inferred).',
    ),
  conditions: conditionCodes,
  lc: z
    .string()
    .default('1')
    .describe('Member lc of every condition (documented by the sample; its meaning is not public).'),
  conditionMembers: z
    .record(memberName, z.union([z.string(), z.int(), z.boolean()]))
    .refine((extra) => !Object.keys(extra).some((name) => CONDITION_MEMBERS.has(name)), {
      error: 'expected only members that a condition does not have by itself',
    })
    .default({})
    .describe(
      'Constant members of every condition beside cp, field, lc and value: two more are documented by their number only, so none is sent (inferred).',
    ),
  order: z
    .strictObject({
      DESC: code.default('0').describe('Newest first (documented by the sample, its meaning inferred).'),
      ASC: code.default('1').describe('Oldest first (inferred).'),
      then: z
        .array(memberName)
        .max(3)
        .default(['channelOrderNo'])
        .describe(
          'Members by which rows of the same createdTime are ordered: without one their order may differ from page to page (inferred).',
        ),
    })
    .prefault({})
    .describe('Codes of the order of a list.'),
  otherApps: z
    .enum(['leave-out', 'take'])
    .default('leave-out')
    .describe(
      'What becomes of rows of the list that name another appId: the list is of a tenant, which may have several (inferred).',
    ),
  pageBase: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .describe('Number of the first page (inferred from the sample).'),
  maxPageSize: z.int().min(1).max(1000).default(100).describe('Most rows on one page (inferred).'),
  businessId: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^&=]*$/, 'expected text without & and =')
    .optional()
    .describe('Member businessId, the id of the fee item, of creates that name none; left out without it.'),
  createMemberNames,
  recordMemberNames: z
    .partialRecord(z.enum(RECORD_MEMBERS), memberName)
    .default({})
    .describe(
      'What records and callbacks call their members, by the documented name: {"refundState": "state"}. Jeepay\'s own names state, createdAt and extParam are read without this, where the documented ones are absent (inferred).',
    ),
  createMembers: z
    .record(z.string().min(1), z.string())
    .refine((members) => !Object.keys(members).some((name) => CREATE_MEMBERS.has(name)), {
      error: 'expected only members that a create does not send by itself',
    })
    .default({})
    .describe(
      'Constant members of every create, signed with it. extJsonb and channelExtra here stand in where a create gives none.',
    ),
  createOmits: z
    .array(z.enum(CREATE_OMISSIONS))
    .default([])
    .describe(
      'Members that creates are sent without. The public sample of refundOrder has neither reqTime nor sign; they are sent because the other calls need them (inferred).',
    ),
  defaultReason: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^[^&=]*$/, 'expected text without & and =')
    .optional()
    .describe('refundReason of creates that give none; Jeepay demands one (inferred).'),
  headers: z
    .record(header, z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'expected the value of a header'))
    .default({})
    .describe('Constant headers of every call.'),
  headerSignature: headerSignature.optional(),
  acknowledgement: z
    .string()
    .min(1)
    .max(1000)
    .default('SUCCESS')
    .describe('Text that a callback is answered with; after another one it comes again (inferred from Jeepay).'),
  maxReasonLength: z
    .int()
    .min(1)
    .max(1000)
    .default(256)
    .describe('Longest reason of a refund, in characters (inferred from Jeepay).'),
  paths: z
    .strictObject({
      list: pathSetting
        .default('/jiafulai/paymentgateway/api/refund/querylist')
        .describe('Where refunds are listed (documented).'),
      refund: pathSetting
        .default('/jiafulai/paymentgateway/api/refund/refundOrder')
        .describe('Where refunds are made (another public page).'),
      query: pathSetting
        .optional()
        .describe(
          'Where one refund is asked for by mchRefundNo. Its path is not public: without it, and where its answer shows no refund, the list is asked.',
        ),
    })
    .prefault({})
    .describe('Paths below baseUrl.'),
});

export const shoutuSettings = members.refine(
  (settings) => Object.values(settings.createMemberNames).every((name) => !Object.hasOwn(settings.createMembers, name)),
  { path: ['createMembers'], error: 'expected only members that createMemberNames does not name' },
);

export type ShoutuSettings = z.output<typeof shoutuSettings>;
