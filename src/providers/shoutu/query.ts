/** Asking for one refund by mchRefundNo, for accounts whose operator knows the path (only its name is public, D). */
import type { RefundObservation } from '../../refunds/observation.ts';
import { asReceived } from '../json.ts';
import type { StatusOf } from '../status-words.ts';
import { malformedAnswer, parseAnswer } from '../wire-members.ts';
import type { ShoutuClient } from './client.ts';
import { fromRecord } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

type Query = (merchantRefundId: string, signal: AbortSignal) => Promise<readonly RefundObservation[]>;

interface Parts {
  readonly settings: ShoutuSettings;
  readonly client: ShoutuClient;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
}

/** The query, or null where no path is configured. Request and answer are inferred: mchRefundNo, and a record as `data`. */
export function shoutuQuery({ settings, client, records, statusOf }: Parts): Query | null {
  const { key: account, paths } = settings;
  const path = paths.query;
  if (path === undefined) return null;
  const call = { account, operation: 'query refund' };

  return async (mchRefundNo, signal) => {
    const data = await client.call(
      { operation: call.operation, path, members: { mchRefundNo }, repeatable: true },
      signal,
    );
    if (data === null) return [];
    const record = parseAnswer(records.record, data, call, ['data']);
    if (record.mchRefundNo !== mchRefundNo) {
      throw malformedAnswer(call, ['data', 'mchRefundNo'], 'not the refund that was asked for');
    }
    return [fromRecord(record, statusOf, asReceived(data))];
  };
}
