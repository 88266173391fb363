/**
 * BluePay's answer codes (public page) that the sandbox gives by itself or on demand, with their messages.
 */

export const CODES = {
  10000: 'Success',
  21000: 'Server error',
  21001: 'Sign error',
  21002: 'Param error',
  21003: 'AppId error',
  21004: 'Merchant error',
  21005: 'Channel error',
  21006: 'Transaction does not exist',
  21008: 'Timestamp expired',
  21009: 'Timestamp error',
  21010: 'Amount over the limit',
  21011: 'Network error',
  21014: 'Insufficient balance',
  21015: 'Order already exists',
  21016: 'Merchant ip forbidden',
  21020: 'Too many requests',
  21021: 'Amount error',
  21401: 'Refund is being processed',
  21402: 'Refund is not allowed',
  21403: 'Transaction is older than 60 days',
  21404: 'Channel does not support full refund',
  21405: 'Channel does not support partial refund',
  21406: 'Refund amount invalid',
  21407: 'mchRefundOrderId repeated',
  21408: 'Original transaction is not completed',
  21409: 'There is a pending refund of this transaction',
} as const;
export type BluePayCode = keyof typeof CODES;
