/** What `refunds` is asked for, read from JSON: for a route that has its arguments in an address. */
import { coerceInputValue, isInputType, validateInputValue, type GraphQLSchema } from 'graphql';
import { badInput } from '../errors.ts';
import { NEWEST_FIRST, readFilter, type FilterContext, RefundFilterInput, RefundOrderInput } from './refund-filter.ts';

/** The arguments as they stand in the address; null: left out. */
export interface ListingTexts {
  readonly filter: string | null;
  readonly orderBy: string | null;
}

/** Throws BAD_USER_INPUT that names the argument, as `refunds` does for the same mistake. */
export async function readListing(schema: GraphQLSchema, { filter, orderBy }: ListingTexts, context: FilterContext) {
  const order = readInput(schema, RefundOrderInput, { text: orderBy, argument: 'orderBy' });
  const { accounts, conditions } = await readFilter(
    readInput(schema, RefundFilterInput, { text: filter, argument: 'filter' }),
    context,
  );
  const { direction, field: by } = { ...NEWEST_FIRST, ...order };
  return { accounts, conditions, direction, by };
}

/** A value of an input type of the schema; null where there is none. */
function readInput<Input>(
  schema: GraphQLSchema,
  { name }: { readonly name: string; readonly $inferInput: Input },
  { text, argument }: { readonly text: string | null; readonly argument: string },
): Input | null {
  const type = schema.getType(name);
  if (!isInputType(type)) throw new Error(`the schema has no input ${name}`);
  const json = text === null ? null : parsed(text, argument);
  if (json === null) return null;
  const refuse = ({ message }: { readonly message: string }, path: readonly (string | number)[]): never => {
    throw badInput(`${argument}: ${message}`, [argument, ...path].join('.'));
  };
  validateInputValue(json, type, refuse, true);
  const value = coerceInputValue(json, type);
  // The schema has just said so: the type here is what the same declaration makes of it.
  const isInput = (_coerced: unknown): _coerced is Input => true;
  return isInput(value) ? value : null;
}

function parsed(text: string, argument: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(`${argument}: expected JSON, percent-encoded.`, argument);
  }
}
