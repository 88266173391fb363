/**
 * Asking for one refund by mchRefundNo, for accounts whose operator knows the path (only its name is public,
 * D).
 */
import type { RefundObservation } from '../../refunds/observation.ts';
import { ProviderError } from '../errors.ts';
import { asReceived } from '../wire/json.ts';
import type { StatusOf } from '../wire/status-words.ts';
import { malformedAnswer, parseAnswer } from '../wire/members.ts';
import type { ShoutuClient } from './client.ts';
import { fromRecord } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

/**
 * The query, or null where no path is configured. Request and answer are inferred: mchRefundNo, and a record
 * as `data`. How it says "no such refund" is not public. By a code of its own, most likely, which looks like
 * any other no: so no answer of it means "not there", on which a lost create is given up. That is asked of
 * the list. Calls answer with null where the refund is not shown, and throw ProviderError for anything else.
 */
export function shoutuQuery(parts: {
  readonly settings: ShoutuSettings;
  readonly client: ShoutuClient;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
}): ((merchantRefundId: string, signal: AbortSignal) => Promise<RefundObservation | null>) | null {
  const { settings, client, records, statusOf } = parts;
  const { key: account, paths } = settings;
  const path = paths.query;
  if (path === undefined) return null;
  const call = { account, operation: 'query refund' };

  return async (mchRefundNo, signal) => {
    const asked = {
      operation: call.operation,
      name: 'query',
      path,
      members: { mchRefundNo },
      repeatable: true,
    } as const;
    const data = await client.call(asked, signal).catch((error: unknown) => {
      if (error instanceof ProviderError && error.kind === 'rejected') return null;
      throw error;
    });
    if (data === null) return null;
    const record = parseAnswer(records.record, data, call, ['data']);
    if (record.mchRefundNo !== mchRefundNo) {
      throw malformedAnswer(call, ['data', 'mchRefundNo'], 'not the refund that was asked for');
    }
    return fromRecord(record, statusOf, asReceived(data));
  };
}
