/** Shoutu's answer codes. None but success is public: these are Jeepay's, whose conventions the gateway follows. */

export const SUCCESS = '0';
/** A member is missing or wrong. */
export const INVALID = '11';
/** Anything else that the gateway does not want, a bad signature included. */
export const REFUSED = '9999';
