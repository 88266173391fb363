/**
 * Shoutu's answer codes. Only success is public. The others are Jeepay's, whose conventions the gateway has.
 */

export const SUCCESS = '0';
/** A member is missing or wrong. */
export const INVALID = '11';
/** Anything else that the gateway does not want, a bad signature included. */
export const REFUSED = '9999';
