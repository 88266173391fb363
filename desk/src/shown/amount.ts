/** Amounts as people write them: exact decimal text, never a float. */

/** The amount in a text, with or without commas between thousands; null: it is none. */
export function amountIn(text: string | null): string | null {
  const bare = (text ?? '').trim().replaceAll(/[\s,](?=\d{3}(\D|$))/g, '');
  return /^\d{1,15}(\.\d{1,4})?$/.test(bare) ? bare : null;
}

/** One amount less another, exactly; null: nothing is left. Both are plain decimal text. */
export function amountLess(whole: string, part: string): string | null {
  const decimals = Math.max(decimalsOf(whole), decimalsOf(part));
  const left = scaled(whole, decimals) - scaled(part, decimals);
  if (left <= 0n) return null;
  const digits = left.toString().padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const decimalsOf = (amount: string): number => amount.split('.')[1]?.length ?? 0;

const scaled = (amount: string, decimals: number): bigint =>
  BigInt(amount.replace('.', '') + '0'.repeat(decimals - decimalsOf(amount)));
