/**
 * Variables that nothing behind this can use. Half of a surrogate pair is no character: it can be sent as
 * JSON, and can't be written as UTF-8 to anyone else. Values inside of values without end would end the
 * stack of whoever walks through them. Both are refused here, as the caller's mistake.
 */
import type { Plugin } from 'graphql-yoga';
import { badInput } from '../../graphql/errors.ts';

/** Deepest nesting of a value. The deepest input of the schema is nested five levels deep. */
const MAX_NESTING = 50;

interface Fault {
  /** As `filter.search`. */
  readonly place: string;
  readonly what: string;
}

/** The first fault among values, `depth` levels down; null: there is none. */
function faultIn(value: unknown, place: string, depth: number): Fault | null {
  if (typeof value === 'string')
    return value.isWellFormed() ? null : { place, what: 'holds half of a surrogate pair, which is no character' };
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_NESTING) return { place: rootOf(place), what: `is nested more than ${MAX_NESTING} levels deep` };
  for (const [name, member] of Object.entries(value)) {
    if (!name.isWellFormed()) return { place, what: 'has a name with half of a surrogate pair, which is no character' };
    const found = faultIn(member, place === '' ? name : `${place}.${name}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

const rootOf = (place: string): string => place.split('.', 1)[0] ?? '';

function refusalOf(variables: unknown) {
  const fault = faultIn(variables, '', 0);
  return fault === null ? null : { errors: [badInput(`${fault.place}: ${fault.what}.`, fault.place)] };
}

/** Refuses such variables before anything runs, over every transport. */
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
