/** Records of an answer, each read alone: one that can't be read costs none of its neighbours. */
import type { z } from 'zod';
import type { AccountKey } from '../../refunds/ids.ts';
import type { RefundLookup, UnreadableRecord } from '../../refunds/observation.ts';
import type { Json } from '../../refunds/refund.ts';
import type { ProviderError } from '../errors.ts';
import { failure, type Call } from '../http/failure.ts';
import { asReceived } from './json.ts';
import { firstIssue } from './members.ts';

/** A record where it stands in an answer. */
export interface PlacedRecord {
  readonly json: Json;
  readonly at: readonly string[];
}

/** What could be read of a record that can't be read as a whole. */
export type Rest = RefundLookup & Pick<UnreadableRecord, 'createdAt'>;

/**
 * Reads a record by its schema; `restOf` saves what it can of one that can't be read. Never throws: what is
 * wrong is reported, by the name of a member and never by its value.
 */
export const recordReader =
  (
    report: (unreadable: {
      readonly account: AccountKey;
      readonly operation: string;
      readonly member: string;
      readonly error: ProviderError;
    }) => void,
  ) =>
  <Schema extends z.ZodType>(schema: Schema, restOf: (json: Json) => Rest) => {
    function refuse(
      { json, at }: PlacedRecord,
      call: Call,
      { member, problem }: { readonly member: string; readonly problem: string },
    ): UnreadableRecord {
      const path = [...at, ...(member === WHOLE ? [] : [member])].join('.');
      const error = failure(call, 'malformed', true, `a record can't be read: ${path}: ${problem}`, { member });
      report({ ...call, member, error });
      return { ...restOf(json), member, raw: asReceived(json) };
    }

    function read(placed: PlacedRecord, call: Call): { value: z.output<Schema> } | { unreadable: UnreadableRecord } {
      const parsed = schema.safeParse(placed.json);
      if (parsed.success) return { value: parsed.data };
      const [member = WHOLE] = parsed.error.issues[0]?.path ?? [];
      const problem = parsed.error.issues[0]?.message ?? firstIssue(parsed.error);
      return { unreadable: refuse(placed, call, { member: String(member), problem }) };
    }

    return { read, refuse };
  };
export type ReadRecord = ReturnType<typeof recordReader>;

const WHOLE = 'record';

/** A member that is read where it can be, and is null where it can't. */
export const ifReadable = <Value>(schema: z.ZodType<Value>) => schema.nullable().catch(null);
