/** RefundDetails: one member of the union per provider; the compiler asks for a fourth. */
import type { Provider, RefundDetails } from '../../refunds/refund.ts';
import { builder } from '../builder.ts';
import { BluePayDetailsType } from './bluepay.ts';
import { ShoutuDetailsType } from './shoutu.ts';
import { TiPayDetailsType } from './tipay.ts';

const TYPES = {
  SHOUTU: ShoutuDetailsType,
  BLUEPAY: BluePayDetailsType,
  TIPAY: TiPayDetailsType,
} satisfies Record<Provider, unknown>;

export const RefundDetailsUnion = builder.unionType('RefundDetails', {
  description: 'What only this provider tells.',
  types: Object.values(TYPES),
  resolveType: ({ provider }: RefundDetails) => TYPES[provider],
});
