/** Exact money: a bigint of minor units and its currency. No float touches an amount anywhere. */

/** An amount in the currency's minor unit (ISO 4217 exponent), e.g. 1292n CNY is 12.92 yuan. */
export interface Money {
  readonly minorUnits: bigint;
  readonly currency: string;
}

/** Why a decimal text is no amount of a currency. */
export type MoneyProblem = 'not-a-decimal' | 'too-many-decimals' | 'too-large';

/** Largest amount that is accepted anywhere: 10^15 minor units, well inside PostgreSQL's bigint. */
export const MAX_MINOR_UNITS = 10n ** 15n;

const DECIMAL = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;

/** ISO 4217 exponents that are not 2; everything else has two decimals. */
export const CURRENCIES_WITHOUT_CENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** Whether a text has the shape of an ISO 4217 code. */
export const isCurrencyCode = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** The number of decimals of a currency's minor unit by ISO 4217. */
export const currencyExponent = (currency: string): number => CURRENCIES_WITHOUT_CENTS[currency] ?? 2;

/**
 * Reads decimal text, e.g. "12.92", as an integer of units of 10^-exponent. Trailing zeros beyond the
 * exponent are harmless ("1.500" is 150); any other further digit is refused, never rounded.
 */
export function parseUnits(text: string, exponent: number): bigint | MoneyProblem {
  const match = DECIMAL.exec(text);
  if (!match) return 'not-a-decimal';
  const [, sign = '', whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(exponent))) return 'too-many-decimals';
  const digits = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  if (digits > MAX_MINOR_UNITS) return 'too-large';
  return sign === '-' ? -digits : digits;
}

/** Reads decimal text in a currency's major unit as money, or says why it is none. */
export function parseMoney(text: string, currency: string): Money | MoneyProblem {
  const units = parseUnits(text, currencyExponent(currency));
  return typeof units === 'bigint' ? { minorUnits: units, currency } : units;
}

/** Writes an integer of units of 10^-exponent as decimal text with exactly that many decimals. */
export function formatUnits(units: bigint, exponent: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(exponent + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** The amount as decimal text in the currency's major unit, e.g. "12.92". */
export const formatMoney = (money: Money): string => formatUnits(money.minorUnits, currencyExponent(money.currency));

/** Whether two amounts are the same money. */
export const sameMoney = (a: Money, b: Money): boolean => a.minorUnits === b.minorUnits && a.currency === b.currency;

/** Decimals that a Decimal may have at most: two of them compare exactly when both are filled up to these. */
const MOST_DECIMALS = 40;

/** Less than zero where a money's amount is less than a decimal text, zero where it is the same. */
export function compareAmount({ minorUnits, currency }: Money, decimal: string): number {
  const [, sign = '', whole = '0', fraction = ''] = DECIMAL.exec(decimal) ?? [];
  const size = BigInt(whole + fraction.padEnd(MOST_DECIMALS, '0'));
  const left = minorUnits * 10n ** BigInt(MOST_DECIMALS - currencyExponent(currency));
  const right = sign === '-' ? -size : size;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
