/** Yuan text, as TiPay writes amounts. */

const YUAN = /^(\d{1,12})(?:\.(\d{1,2}))?$/;

/** Minor units as decimal text with two decimals, e.g. 1292n is "12.92". */
export function yuan(minorUnits: bigint): string {
  const digits = minorUnits.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Decimal text of at most two decimals as minor units, or null when it is none. */
export function fromYuan(text: string): bigint | null {
  const [, whole, fraction = ''] = YUAN.exec(text) ?? [];
  return whole === undefined ? null : BigInt(whole + fraction.padEnd(2, '0'));
}
