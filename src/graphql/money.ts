/** Money: exact text, its currency, and the same amount in minor units. */
import { formatMoney, type Money } from '../refunds/money.ts';
import { builder } from './builder.ts';

export const MoneyType = builder.objectRef<Money>('Money').implement({
  description: 'An exact amount of a currency.',
  fields: (t) => ({
    amount: t.field({
      type: 'Decimal',
      description: 'In the major unit, with as many decimals as the currency has, e.g. "12.90".',
      resolve: formatMoney,
    }),
    currency: t.expose('currency', { type: 'CurrencyCode', description: 'The currency of the amount.' }),
    minorUnits: t.field({
      type: 'BigInt',
      description: "The same amount in the currency's minor unit (ISO 4217 exponent).",
      resolve: ({ minorUnits }) => minorUnits,
    }),
  }),
});
