/** The ids in `RefundKey` and `PaymentKey`, checked and branded. */
import {
  merchantPaymentId,
  merchantRefundId,
  providerPaymentId,
  providerRefundId,
  hasUnseenEnd,
} from '../../refunds/ids.ts';
import type { RefundLookup } from '../../refunds/observation.ts';
import { badInput } from '../errors.ts';

/** Longest id of any provider is 64; anything longer is a mistake and is not carried upstream. */
const MAX_ID_LENGTH = 128;

/** The id as it is. Throws BAD_USER_INPUT at one that a provider would read as another one. */
export function requirePlainEnds(id: string, argument: string): string {
  if (!hasUnseenEnd(id)) return id;
  throw badInput(`${argument}: begins or ends with white space, or with a character that is not seen.`, argument);
}

/**
 * Reads the ids of an argument. Throws BAD_USER_INPUT that names the member when one is empty, too long or
 * has white space at an end, or none is given.
 */
export function readLookup(
  ids: { readonly [Name in keyof RefundLookup]?: string | null | undefined },
  argument: string,
): RefundLookup {
  const read = <Id>(name: keyof RefundLookup, brand: (text: string) => Id): Id | null => {
    const text = ids[name] ?? null;
    if (text === null) return null;
    if (text === '' || text.length > MAX_ID_LENGTH) {
      throw badInput(`${name}: expected 1 to ${MAX_ID_LENGTH} characters, got ${text.length}.`, `${argument}.${name}`);
    }
    return brand(requirePlainEnds(text, `${argument}.${name}`));
  };
  const lookup = {
    merchantRefundId: read('merchantRefundId', merchantRefundId),
    providerRefundId: read('providerRefundId', providerRefundId),
    merchantPaymentId: read('merchantPaymentId', merchantPaymentId),
    providerPaymentId: read('providerPaymentId', providerPaymentId),
  };
  if (Object.values(lookup).every((id) => id === null)) throw badInput('Give at least one id.', argument);
  return lookup;
}
