import type { Tell } from '../../src/operator/event.ts';

/** For tests in which nobody looks at what the operator is told. */
export const UNHEARD: Tell = () => undefined;
