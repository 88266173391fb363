/** Reads Shoutu's records one by one, and says whose they are. */
import type { RecordRead } from '../../refunds/observation.ts';
import type { Json } from '../../refunds/refund.ts';
import type { Call } from '../http/failure.ts';
import type { Remembered } from '../http/remembered.ts';
import type { openWing } from '../wing.ts';
import { asReceived } from '../wire/json.ts';
import { type PlacedRecord, type ReadRecord, type Rest } from '../wire/records.ts';
import type { StatusOf } from '../wire/status-words.ts';
import { fromRecord } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import type { ShoutuRecords } from './wire.ts';

/** The reader of an account's records. */
export function shoutuRecordReader(parts: {
  readonly settings: ShoutuSettings;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
  readonly readRecord: ReadRecord;
  readonly quietly: ReturnType<typeof openWing>['quietly'];
  readonly remembered: Remembered | undefined;
}) {
  const { settings, records, statusOf, readRecord, quietly, remembered } = parts;
  const restIn = (json: Json) => records.rest.safeParse(json).data;

  const { read: readMembers } = readRecord(records.record, (json): Rest => {
    const found = restIn(json);
    return {
      merchantRefundId: found?.mchRefundNo ?? null,
      providerRefundId: found?.channelOrderNo ?? null,
      merchantPaymentId: null,
      providerPaymentId: found?.channelPayOrderNo ?? null,
      createdAt: found?.createdTime ?? null,
    };
  });

  /** A record under an id that was asked for, whichever application it names. */
  function readOwn(placed: PlacedRecord, call: Call, raw = asReceived(placed.json)): RecordRead {
    const one = readMembers(placed, call);
    if ('unreadable' in one) return { kind: 'unreadable', record: one.unreadable };
    const observation = fromRecord(one.value, statusOf, raw);
    return { kind: 'observed', observation };
  }

  /** Whether a record names another application than the account's. */
  function isForeign({ json }: PlacedRecord): boolean {
    const owner = records.owner.safeParse(json).data?.appId ?? null;
    return settings.otherApps === 'leave-out' && owner !== null && owner !== settings.appId;
  }

  function read(placed: PlacedRecord, raw: string, call: Call): RecordRead {
    if (!isForeign(placed)) return readOwn(placed, call, raw);
    const createdAt = restIn(placed.json)?.createdTime ?? null;
    return { kind: 'foreign', record: { createdAt, raw } };
  }

  /**
   * A row of the tenant's list: one that names another application belongs to the account of that one. A row
   * whose text is that of an earlier one is the same object again.
   */
  function readListed(placed: PlacedRecord, call: Call): RecordRead {
    const raw = asReceived(placed.json);
    const name = JSON.stringify([settings.key, raw]);
    const known = remembered?.records.get(name);
    if (known !== undefined) return known;
    const { value, isQuiet } = quietly(() => read(placed, raw, call));
    if (isQuiet) remembered?.records.set(name, value);
    return value;
  }

  return { isForeign, readOwn, readListed };
}
