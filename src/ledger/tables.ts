/**
 * The ledger's tables as Kysely sees them. int8 is bigint, timestamptz is Date, xid8 is text, jsonb is parsed
 * when it is read.
 */
import type { ColumnType, Generated, Selectable } from 'kysely';
import type { EventVia, ObservedVia, RefundStatus } from '../refunds/refund.ts';

export const EVENT_TYPES = [
  'REQUESTED',
  'DISCOVERED',
  'STATUS_CHANGED',
  'DETAILS_CHANGED',
  'CONFLICT_DETECTED',
  'ATTENTION_CHANGED',
] as const;
export type RefundEventType = (typeof EVENT_TYPES)[number];

/** Written as JSON text, read as a parsed value that nobody has checked yet. */
type Jsonb = ColumnType<unknown, string | null, string | null>;

/**
 * CREATE: the first send. RETRY: a FAILED refund submitted again. REPEAT: sent again because nobody knew of
 * the send before.
 */
export type SubmissionKind = 'CREATE' | 'RETRY' | 'REPEAT';
export type SubmissionOutcome = 'accepted' | 'known' | 'accepted-unread' | 'refused' | 'busy' | 'not-sent' | 'unknown';

/**
 * APPLIED: the ledger has heard it. FLAGGED: it contradicts what is known. REJECTED: nobody knows that the
 * provider sent it.
 */
export const CALLBACK_STATES = ['APPLIED', 'FLAGGED', 'REJECTED'] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

export interface Tables {
  payments: {
    id: string;
    account_key: string;
    merchant_payment_id: string | null;
    provider_payment_id: string | null;
    amount_minor: bigint | null;
    currency: string | null;
    /** What a caller says was paid. What the provider says, above, counts more. */
    claimed_minor: bigint | null;
    claimed_currency: string | null;
  };
  /** Payments that turned out to be another one, and which. */
  merged_payments: {
    gone: string;
    kept: string;
  };
  refunds: {
    id: string;
    account_key: string;
    provider: string;
    merchant_refund_id: string;
    provider_refund_id: string | null;
    payment_id: string | null;
    amount_minor: bigint;
    fee_minor: bigint | null;
    currency: string;
    status: RefundStatus;
    provider_status: string | null;
    reason: string | null;
    failure_code: string | null;
    failure_message: string | null;
    failure_retryable: boolean | null;
    created_at: Date;
    /** The provider named no time yet: it is when we recorded the refund. */
    created_at_is_ours: boolean;
    completed_at: Date | null;
    observed_at: Date | null;
    details: Jsonb;
    /** When we last submitted the refund; `null` for one that was made elsewhere. */
    submitted_at: Date | null;
    /**
     * Answers to queries sent before this time are ignored: the last submission may not have arrived yet;
     * `null` for one made elsewhere.
     */
    answers_count_from: Date | null;
    /**
     * Since when the provider, when queried, says that it does not know what we last submitted; `null`: it
     * has not said so.
     */
    missing_since: Date | null;
    attempts: number;
    /** It was FAILED and went on, so that the old failure may be told again. */
    has_left_failed: boolean;
    /** Why a person must look: since when, by reason. `{}`: nobody need. */
    attention: Jsonb;
    /** Counts its events from 1. */
    version: number;
    /** When its last event was recorded. */
    updated_at: Date;
    /**
     * The provider's own answer has reported it, or a person has ended it; else only callbacks have told, or
     * nobody.
     */
    is_answered: boolean;
    /** Counts the changes, so that a cheap write can see that it was overtaken. */
    revision: number;
  };
  refund_events: {
    number: Generated<bigint>;
    /** The transaction: with `number` the place in the feed. */
    xid: Generated<string>;
    refund_id: string;
    account_key: string;
    type: RefundEventType;
    previous_status: RefundStatus | null;
    status: RefundStatus;
    via: EventVia;
    occurred_at: Date | null;
    recorded_at: Date;
    /** Of the refund right after it, see `event-snapshot.ts`. */
    snapshot: Jsonb;
    /** The members that it changed, with their values before it. Null: none, or it is the refund's first. */
    before: Jsonb;
    /** Of CONFLICT_DETECTED: what was told against what was known. */
    contradiction: Jsonb;
    /** Who asked for it, and what was written with it. Of events that a person made. */
    actor_subject: string | null;
    actor_client: string | null;
    note: string | null;
    /** Of the request, callback or job that caused it. */
    request_id: string | null;
  };
  idempotency_keys: {
    account_key: string;
    key: string;
    input_hash: string;
    refund_id: string;
    created_at: Date;
  };
  refund_submissions: {
    refund_id: string;
    /** 1 for the first. */
    attempt: number;
    kind: SubmissionKind;
    started_at: Date;
    ended_at: Date | null;
    /** `null`: under way, or the process ended meanwhile. */
    outcome: SubmissionOutcome | null;
    /** Of a refusal, in the provider's words. */
    code: string | null;
    message: string | null;
    retryable: boolean | null;
  };
  provider_records: {
    refund_id: string;
    /** As it was received. */
    raw: string;
    /** Of `raw`, so that the same record is recognised without reading it. */
    digest: string;
    via: ObservedVia;
    received_at: Date;
  };
  callbacks: {
    id: string;
    account_key: string;
    /** Of what was signed; of a rejected one, of media type and body. */
    digest: string;
    /** Of media type and body, as it first came. */
    body_digest: string;
    /** Those that its signature needs. */
    headers: Jsonb;
    state: CallbackState;
    reason: string | null;
    merchant_refund_id: string | null;
    content_type: string;
    body: Buffer | null;
    body_size: number;
    remote_address: string | null;
    received_at: Date;
    last_received_at: Date;
    times_received: number;
  };
  mirror_states: {
    account_key: string;
    revision: number;
    pass_started_at: Date | null;
    pass_cursor: string | null;
    pass_newest_at: Date | null;
    pass_until: Date | null;
    pass_total: number | null;
    copied: number;
    unreadable: number;
    total: number | null;
    completed_at: Date | null;
    copied_up_to: Date | null;
    as_of: Date | null;
  };
  accounts: {
    key: string;
    provider: string;
    display_name: string;
    currency: string;
    time_zone: string;
  };
  list_gaps: {
    id: Generated<bigint>;
    account_key: string;
    pass_started_at: Date;
    /** Its time in the list. */
    place: Date;
    kind: 'UNREADABLE' | 'FOREIGN';
    /** Of UNREADABLE: what could not be read. */
    member: string | null;
  };
  /** One row. */
  cursor_key: {
    is_only: Generated<boolean>;
    key: Buffer;
  };
  /** One row at most. */
  ledger_kind: {
    only_row: Generated<boolean>;
    kind: 'simulated' | 'real';
  };
}

export type PaymentRow = Selectable<Tables['payments']>;
export type CallbackRow = Selectable<Tables['callbacks']>;
