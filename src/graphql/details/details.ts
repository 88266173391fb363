/** What the schema says of each provider; the compiler asks for a fourth here. */
import type { Provider, RefundDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { BluePayDetailsType } from './bluepay.ts';
import { ShoutuDetailsType } from './shoutu.ts';
import { TiPayDetailsType } from './tipay.ts';

type PaymentId = 'merchantPaymentId' | 'providerPaymentId';

/** What its wing says as well; the contract suite compares them. */
interface Keys {
  /** The ids of a payment by which a create may name it. */
  readonly takes: readonly PaymentId[];
  /** Whether one of the ids that a query takes finds a refund. */
  readonly isOneIdEnough: boolean;
}

const shown = <Type>(title: string, details: Type, keys: Keys) => ({
  description: `${title}.`,
  title,
  details,
  ...keys,
});

const SHOWN = {
  SHOUTU: shown('Shoutu', ShoutuDetailsType, {
    takes: ['merchantPaymentId', 'providerPaymentId'],
    isOneIdEnough: true,
  }),
  BLUEPAY: shown('BluePay', BluePayDetailsType, { takes: ['providerPaymentId'], isOneIdEnough: true }),
  TIPAY: shown('TiPay', TiPayDetailsType, { takes: ['merchantPaymentId'], isOneIdEnough: false }),
} satisfies Record<Provider, object>;

export const ProviderEnum = builder.enumType('Provider', { description: 'Who moves the money.', values: SHOWN });

export const RefundDetailsUnion = builder.unionType('RefundDetails', {
  description: 'What only this provider tells.',
  types: Object.values(SHOWN).map(({ details }) => details),
  resolveType: ({ provider }: RefundDetails) => SHOWN[provider].details,
});

/** Where a refund is found by several ids together, in words for the schema. */
export function whereOneIdIsEnough(): string {
  const all = Object.values(SHOWN).flatMap(({ isOneIdEnough, title }) => (isOneIdEnough ? [] : [title]));
  if (all.length === 0) return 'One is enough';
  return `One is enough, except at ${all.join(', ')}, which ${all.length === 1 ? 'needs' : 'need'} both`;
}

/** Which providers need this id of a payment, and which take the other one, too, in words for the schema. */
export function wherePaymentIdIsTaken(name: PaymentId): string {
  const other = name === 'merchantPaymentId' ? 'providerPaymentId' : 'merchantPaymentId';
  const taking = Object.values(SHOWN).filter(({ takes }) => takes.includes(name));
  const titles = (all: typeof taking) => all.map(({ title }) => title);
  const needing = titles(taking.filter(({ takes }) => !takes.includes(other)));
  const either = titles(taking.filter(({ takes }) => takes.includes(other)));
  const parts = [
    ...(needing.length > 0 ? [`Needed at ${needing.join(', ')}`] : []),
    ...(either.length > 0 ? [`${either.join(', ')} ${either.length === 1 ? 'takes' : 'take'} it or ${other}`] : []),
  ];
  return `${parts.join('; ')}.`;
}
