/** What a create at Shoutu takes beside what every provider takes. */
import { hasUnseenEnd } from '../../refunds/ids.ts';
import type { CreateOptions, Json, ShoutuDetails, ShoutuOptions } from '../../refunds/refund.ts';
import type { InputIssue, OptionsReading } from '../provider.ts';
import { jsonIn } from '../wire/callback-body.ts';
import type { ShoutuSettings } from './settings.ts';

/** Anything longer is a mistake and is not carried upstream. */
const MAX_BUSINESS_ID_LENGTH = 128;
const MAX_JSON_LENGTH = 4096;

/**
 * What separates members in the text that is signed. A value with one of them could be read as other members
 * than were signed, so that plain text with one is refused.
 */
export const SEPARATORS = ['&', '='] as const;

/** Whether a text has a character that the signature's text separates members with. */
const hasSeparator = (text: string): boolean => SEPARATORS.some((separator) => text.includes(separator));

/** What is left out means the same as what is written out. */
const DEFAULT: ShoutuOptions = { provider: 'SHOUTU', refundMode: 'ENTIRE_REFUND', businessId: null };

/** Reads the options of one create. The account's own businessId stands in for one that is left out. */
export const shoutuOptions =
  ({ businessId: ofAccount }: Pick<ShoutuSettings, 'businessId'>) =>
  (given: CreateOptions | null): OptionsReading => {
    const { refundMode, businessId, extension = null, channelExtra = null } = given ?? DEFAULT;
    const extra = extension === null && channelExtra === null ? [] : [extension, channelExtra];
    const details: ShoutuDetails = {
      provider: 'SHOUTU',
      merchantNo: null,
      merchantName: null,
      branchMerchantNo: null,
      appId: null,
      refundMode,
      businessId,
      extension: shown(extension),
      ...(extension !== null && { sentExtension: extension }),
      ...(channelExtra !== null && { sentChannelExtra: channelExtra }),
    };
    const needsItem = refundMode === 'ITEMIZED_REFUND' && businessId === null && ofAccount === undefined;
    return {
      meaning: [refundMode, businessId, ...extra],
      details,
      problems: [
        ...(needsItem ? [NO_ITEM] : businessIdProblems(businessId)),
        ...jsonProblems('extension', extension),
        ...jsonProblems('channelExtra', channelExtra),
      ],
    };
  };

type Problems = OptionsReading['problems'];

const NO_ITEM = {
  path: ['businessId'],
  code: 'REQUIRED',
  message: 'ITEMIZED_REFUND gives back one fee item: expected its id in the business system.',
} as const;

function businessIdProblems(id: string | null): Problems {
  const problem = (code: InputIssue['code'], message: string): Problems => [{ path: ['businessId'], code, message }];
  if (id === null) return [];
  if (id.length === 0 || id.length > MAX_BUSINESS_ID_LENGTH) {
    return problem(
      id === '' ? 'TOO_SHORT' : 'TOO_LONG',
      `Expected 1 to ${MAX_BUSINESS_ID_LENGTH} characters, got ${id.length}.`,
    );
  }
  if (hasUnseenEnd(id)) {
    return problem('MALFORMED', 'Begins or ends with white space, or with a character that is not seen.');
  }
  return hasSeparator(id) ? problem('MALFORMED', 'Holds & or =, which the signature can not tell from its own.') : [];
}

function jsonProblems(name: string, text: string | null): Problems {
  if (text === null) return [];
  if (text.length > MAX_JSON_LENGTH) {
    const message = `Expected at most ${MAX_JSON_LENGTH} characters of JSON, got ${text.length}.`;
    return [{ path: [name], code: 'TOO_LONG', message }];
  }
  return jsonIn(text) === undefined ? [{ path: [name], code: 'MALFORMED', message: 'Is nested too deep.' }] : [];
}

/** As the provider's own extension is shown: numbers as text. */
const shown = (text: string | null): Json => (text === null ? null : (jsonIn(text) ?? null));
