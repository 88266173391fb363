/** Refunds as lines of CSV (RFC 4180): one column for each fact, whatever the provider. */
import { refundGlobalId } from '../../graphql/relay/global-id.ts';
import { shownAttention } from '../../refunds/attention.ts';
import { formatMoney } from '../../refunds/money.ts';
import { numberOf } from '../../refunds/numbers.ts';
import type { Refund } from '../../refunds/refund.ts';
import type { ExportedRow } from '../../services/reading/export.ts';

/** What stands in a column; null: nothing. */
type Column = (refund: Refund) => string | null;

const at = (instant: Date | null | undefined): string | null => instant?.toISOString() ?? null;

/**
 * The columns in their order. Programs know them by name, so a new one goes to the end and none is renamed.
 * Amounts are in the major unit of `currency`, times are in UTC.
 */
const COLUMNS: Readonly<Record<string, Column>> = {
  id: refundGlobalId,
  account: ({ account }) => account,
  provider: ({ provider }) => provider,
  merchantRefundId: ({ merchantRefundId }) => numberOf(merchantRefundId),
  providerRefundId: ({ providerRefundId }) => providerRefundId,
  merchantPaymentId: ({ payment }) => payment.merchantPaymentId,
  providerPaymentId: ({ payment }) => payment.providerPaymentId,
  status: ({ status }) => status,
  providerStatus: ({ providerStatus }) => providerStatus,
  amount: ({ amount }) => formatMoney(amount),
  feeRefunded: ({ feeRefunded }) => feeRefunded && formatMoney(feeRefunded),
  currency: ({ amount }) => amount.currency,
  reason: ({ reason }) => reason,
  failureCode: ({ failure }) => failure && failure.code,
  failureMessage: ({ failure }) => failure && failure.message,
  createdAt: ({ createdAt }) => at(createdAt),
  createdAtSource: ({ createdAtSource }) => createdAtSource,
  completedAt: ({ completedAt }) => at(completedAt),
  updatedAt: ({ updatedAt }) => at(updatedAt),
  attention: ({ attention }) => shownAttention(attention)?.reason ?? null,
  attentionSince: ({ attention }) => at(shownAttention(attention)?.since),
  attempts: ({ attempts }) => `${attempts}`,
  version: ({ version }) => `${version}`,
};

/**
 * Spreadsheets run a cell that begins like a formula, also one that a payer wrote as a reason. An apostrophe
 * in front makes it text. The wide signs are those of Chinese and Japanese keyboards.
 */
const guarded = (cell: string): string => (/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell);

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A line, whose end is a part of it. */
const lineOf = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => (cell === null ? '' : quoted(guarded(cell)))).join(',')}\r\n`;

/** Of a refund that can't be read its names and its time: it is there, and the file says so. */
const KNOWN_OF_UNREADABLE: readonly string[] = ['id', 'account', 'merchantRefundId', 'createdAt'];

const NAMES = Object.keys(COLUMNS);

/** The first line. */
export const HEADER = lineOf(NAMES);

/** The lines of some refunds. */
export const linesOf = (rows: readonly ExportedRow[]): string => rows.map(lineOfRow).join('');

function lineOfRow(row: ExportedRow): string {
  if (row.kind === 'known') return lineOf(Object.values(COLUMNS).map((column) => column(row.refund)));
  const { account, merchantRefundId, createdAt } = row;
  const known = [refundGlobalId({ account, merchantRefundId }), account, numberOf(merchantRefundId), at(createdAt)];
  return lineOf(NAMES.map((name) => known[KNOWN_OF_UNREADABLE.indexOf(name)] ?? null));
}
