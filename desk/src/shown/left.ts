/** What is left of a payment: exact decimal arithmetic on text. */
import type { MoneyText } from './money.tsx';

/** Both as whole numbers of the smallest unit that either of them uses. */
function scaled(texts: readonly [string, string]): {
  readonly units: readonly [bigint, bigint];
  readonly decimals: number;
} {
  const decimalsOf = (text: string) => text.split('.')[1]?.length ?? 0;
  const decimals = Math.max(...texts.map(decimalsOf));
  const unitsOf = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(decimals - decimalsOf(text)));
  return { units: [unitsOf(texts[0]), unitsOf(texts[1])], decimals };
}

/** Paid less given back; null where nothing is left. */
export function leftOf(paid: MoneyText, givenBack: MoneyText): MoneyText | null {
  if (paid.currency !== givenBack.currency) return null;
  const { units, decimals } = scaled([paid.amount, givenBack.amount]);
  const left = units[0] - units[1];
  if (left <= 0n) return null;
  const text = left.toString().padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  return { amount: decimals === 0 ? whole : `${whole}.${text.slice(-decimals)}`, currency: paid.currency };
}
