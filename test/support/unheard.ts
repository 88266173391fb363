import type { Tell } from '../../src/operator/event.ts';

/** For tests that do not look at the operator's events. */
export const UNHEARD: Tell = () => undefined;
