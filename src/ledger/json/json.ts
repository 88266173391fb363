/** What the ledger keeps as JSON. Money is text inside. */
import { z } from 'zod';
import { attention } from './pieces.ts';
import { PROVIDERS, type Attention, type Refund } from '../../refunds/refund.ts';

/**
 * A value as JSON text for a `jsonb` parameter: bigint as text, instants in UTC. Characters that PostgreSQL
 * can't keep (NUL, half a surrogate pair) are dropped from what a provider wrote, rather than losing the
 * whole record over them.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return member.toString();
    return typeof member === 'string' ? keepable(member) : withKeepableNames(member);
  });

/** A provider may have named the members of what it wrote in any way. */
function withKeepableNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).every(isKeepable)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [keepable(name), member]));
}

/** Whether PostgreSQL can keep a text as it is. An id that it can't is nobody's. */
export const isKeepable = (text: string): boolean => keepable(text) === text;

/** The text without what PostgreSQL can't keep. */
export const keepable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** Reads the `attention` of a refund's row. Throws when it is none. */
export const readAttention = (value: unknown): Attention => attention.parse(value);

/** Whether this server knows a provider of that name. */
export const isProvider = (value: string): boolean => provider.safeParse(value).success;

/** Reads the provider's name in a refund's row. Throws when this server knows no such provider. */
export const readProvider = (value: string): Refund['provider'] => provider.parse(value);

const provider = z.enum(PROVIDERS);
