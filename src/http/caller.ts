/** Who is asking. */
import type { Caller } from '../graphql/context.ts';

/** Finds the caller of a request. */
export type CallerOf = (request: Request) => Promise<Caller>;

/** With `AUTH=none` everybody may do everything; the configuration allows it on loopback only, unless told otherwise. */
export const anybody: CallerOf = () => Promise.resolve({ sees: () => true, may: () => true });
