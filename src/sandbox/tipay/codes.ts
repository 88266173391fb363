/**
 * TiPay's outer codes. Only 200 is documented ("another code means not accepted, msg says why"). The others
 * are the sandbox's choice: the HTTP statuses of that meaning.
 */

export const OK = 200;
export const INVALID = '400';
export const UNAUTHORISED = '401';
export const UNKNOWN = '404';
/** Understood, but not done. 500 would leave open whether it was. */
export const NOT_ACCEPTED = '422';

/** YeePay's inner success, seen in the sample. */
export const INNER_OK = { code: 'OPR00000', message: '成功' } as const;
