/**
 * Half of a surrogate pair is no character: it can be sent as JSON, and can't be written as UTF-8 to anyone
 * else. It is refused here, as the caller's mistake.
 */
import type { Plugin } from 'graphql-yoga';
import { badInput } from '../../graphql/errors.ts';

/** Where the first such text stands among values, as `filter.search`; null: nowhere. */
function illFormed(value: unknown, place: string): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : place;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (!name.isWellFormed()) return place;
    const found = illFormed(member, place === '' ? name : `${place}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

function refusalOf(variables: unknown) {
  const place = illFormed(variables, '');
  if (place === null) return null;
  return { errors: [badInput(`${place}: holds half of a surrogate pair, which is no character.`, place)] };
}

/** Refuses variables with such text before anything runs, over every transport. */
export const wellFormedOnly: Plugin = {
  onExecute: ({ args, setResultAndStopExecution }) => {
    const refused = refusalOf(args.variableValues);
    if (refused !== null) setResultAndStopExecution(refused);
  },
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    const refused = refusalOf(args.variableValues);
    if (refused !== null) setResultAndStopExecution(refused);
  },
};
