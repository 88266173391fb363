/** Money: exact decimal text from the server, grouped for the eye and never made a float. */
import { usePreferences, type Language } from './preferences.ts';

export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}

const groups = new Map<Language, Intl.NumberFormat>();

function groupingOf(language: Language): Intl.NumberFormat {
  const known = groups.get(language);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(language);
  groups.set(language, made);
  return made;
}

/** The amount with its currency behind it: a sign like ¥ names two currencies. */
function moneyText({ amount, currency }: MoneyText, language: Language): string {
  const [, sign = '', whole = '0', rest = ''] = /^(-?)(\d+)(.*)$/.exec(amount) ?? [];
  return `${sign}${groupingOf(language).format(BigInt(whole))}${rest}\u00a0${currency}`;
}

export function useMoneyText(): (money: MoneyText) => string {
  const { language } = usePreferences();
  return (money) => moneyText(money, language);
}

export function Money({ of }: { readonly of: MoneyText }) {
  const text = useMoneyText()(of);
  const split = text.lastIndexOf('\u00a0');
  return (
    <span className="money">
      {text.slice(0, split)}
      <span className="currency">{text.slice(split)}</span>
    </span>
  );
}
