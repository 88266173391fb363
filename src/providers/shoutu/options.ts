/** What a create at Shoutu takes beside what every provider takes. */
import type { CreateOptions } from '../../refunds/refund.ts';
import type { OptionsReading } from '../provider.ts';

/** Anything longer is a mistake and is not carried upstream. */
const MAX_BUSINESS_ID_LENGTH = 128;

/** What is left out means the same as what is written out. */
const DEFAULT: CreateOptions = { provider: 'SHOUTU', refundMode: 'ENTIRE_REFUND', businessId: null };

/** Reads the options of one create. */
export function shoutuOptions(given: CreateOptions | null): OptionsReading {
  const { refundMode, businessId } = given ?? DEFAULT;
  return {
    meaning: [refundMode, businessId],
    details: {
      provider: 'SHOUTU',
      merchantNo: null,
      merchantName: null,
      branchMerchantNo: null,
      appId: null,
      refundMode,
      businessId,
      extension: null,
    },
    problems: businessIdProblems(businessId),
  };
}

function businessIdProblems(id: string | null): OptionsReading['problems'] {
  if (id === null || (id.length > 0 && id.length <= MAX_BUSINESS_ID_LENGTH)) return [];
  return [{ path: ['businessId'], message: `Expected 1 to ${MAX_BUSINESS_ID_LENGTH} characters, got ${id.length}.` }];
}
