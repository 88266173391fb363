/** What a refund is, whoever told us about it. */
import type { AccountKey, MerchantPaymentId, MerchantRefundId, ProviderPaymentId, ProviderRefundId } from './ids.ts';
import type { Money } from './money.ts';

export const PROVIDERS = ['SHOUTU', 'BLUEPAY', 'TIPAY'] as const;
/**
 * The providers this product speaks to. A fourth one starts here: the compiler then names every place it
 * needs.
 */
export type Provider = (typeof PROVIDERS)[number];

export const REFUND_STATUSES = ['PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const;
/** PENDING: recorded here, unconfirmed. PROCESSING: accepted, unfinished. The others are ends. */
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Whether a status is an end: it no longer changes by itself, and a time of completion means something. */
export function isFinished(status: RefundStatus): boolean {
  switch (status) {
    case 'PENDING':
    case 'PROCESSING':
      return false;
    case 'SUCCEEDED':
    case 'FAILED':
    case 'CANCELED':
      return true;
  }
}

export const OBSERVED_VIA = ['MUTATION', 'CALLBACK', 'POLL', 'QUERY'] as const;
/** How an update of a refund reached us. */
export type ObservedVia = (typeof OBSERVED_VIA)[number];

/** What makes an event: news, a person who ended a refund, or the first whole copy of a provider's list. */
export const EVENT_VIA = [...OBSERVED_VIA, 'OPERATOR', 'COPY'] as const;
export type EventVia = (typeof EVENT_VIA)[number];

/** Who asked for something: the subject and the client of a token. Staff, not payers. */
export interface Actor {
  readonly subject: string;
  readonly client: string | null;
}

/** Why a refund failed, in the provider's words. `retryable`: the same refund may be submitted again. */
export interface RefundFailure {
  readonly code: string | null;
  readonly message: string;
  readonly retryable: boolean;
}

/** The payment that a refund gives back, as far as it is known. */
export interface PaymentFacts {
  readonly merchantPaymentId: MerchantPaymentId | null;
  readonly providerPaymentId: ProviderPaymentId | null;
  readonly amount: Money | null;
}

/** JSON as it comes from a provider, with numbers as their source text. */
export type Json = null | boolean | string | readonly Json[] | { readonly [member: string]: Json };

export const SHOUTU_REFUND_MODES = ['ENTIRE_REFUND', 'ITEMIZED_REFUND'] as const;
export type ShoutuRefundMode = (typeof SHOUTU_REFUND_MODES)[number];

export interface ShoutuDetails {
  readonly provider: 'SHOUTU';
  readonly merchantNo: string | null;
  readonly merchantName: string | null;
  readonly branchMerchantNo: string | null;
  readonly appId: string | null;
  readonly refundMode: ShoutuRefundMode | null;
  readonly businessId: string | null;
  readonly extension: Json;
  /**
   * What we sent as extJsonb and as channelExtra, as the JSON text that was signed; null for a refund made
   * elsewhere.
   */
  readonly sentExtension?: string | null;
  readonly sentChannelExtra?: string | null;
}
export interface BluePayDetails {
  readonly provider: 'BLUEPAY';
  readonly originalTransactionId: string;
  readonly failedCode: number | null;
}
export interface TiPayDetails {
  readonly provider: 'TIPAY';
  readonly uniqueOrderNo: string | null;
  readonly realRefundAmount: Money | null;
  readonly cashRefundAmount: Money | null;
  readonly fundingAccounts: readonly { readonly accountType: string; readonly amount: Money }[] | null;
  readonly channelReceiverInfo: Json;
  /** The refund was interrupted: it goes on, or ends, when a person acts at TiPay. */
  readonly actionNeeded: boolean;
}
/** What only one provider tells. */
export type RefundDetails = ShoutuDetails | BluePayDetails | TiPayDetails;

/** Why a person must look, in the order of importance: of several reasons the first is shown. */
export const ATTENTION_REASONS = ['CONFLICT', 'DENIED', 'UNDECIDED', 'UNREADABLE', 'ACTION_NEEDED', 'STUCK'] as const;
export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** Every reason that holds, with the instant since when. None: nobody need look. */
export type Attention = Readonly<Partial<Record<AttentionReason, Date>>>;

export const TIME_SOURCES = ['PROVIDER', 'SERVER'] as const;
/** Whose clock a time is of. */
export type TimeSource = (typeof TIME_SOURCES)[number];
/** What a create takes for Shoutu alone. */
export interface ShoutuOptions {
  readonly provider: 'SHOUTU';
  readonly refundMode: ShoutuRefundMode;
  readonly businessId: string | null;
  /** JSON text. Names a person: never logged. */
  readonly extension?: string | null;
  /** JSON text. */
  readonly channelExtra?: string | null;
}
/** What a create takes for one provider alone. Only that provider's wing reads it. */
export type CreateOptions = ShoutuOptions;

/** A refund as this server knows it. */
export interface Refund {
  readonly account: AccountKey;
  readonly provider: Provider;
  readonly merchantRefundId: MerchantRefundId;
  readonly providerRefundId: ProviderRefundId | null;
  readonly payment: PaymentFacts;
  /**
   * The ledger's row of its payment: the row's id, and what a caller says was paid. Null while no id of the
   * payment is known.
   */
  readonly paymentRow: { readonly id: string; readonly claimed: Money | null } | null;
  readonly amount: Money;
  readonly feeRefunded: Money | null;
  readonly status: RefundStatus;
  readonly providerStatus: string | null;
  readonly reason: string | null;
  readonly failure: RefundFailure | null;
  readonly createdAt: Date;
  /**
   * SERVER: the provider gave no time that can be read; `createdAt` is when this server first heard of it.
   */
  readonly createdAtSource: TimeSource;
  readonly completedAt: Date | null;
  /** When the provider last told us this state. */
  readonly observedAt: Date | null;
  readonly details: RefundDetails | null;
  /** Why a person must look. */
  readonly attention: Attention;
  /** Counts the refund's events from 1. */
  readonly version: number;
  /** When its last event was recorded. */
  readonly updatedAt: Date;
  /** How often we sent it. */
  readonly attempts: number;
}
