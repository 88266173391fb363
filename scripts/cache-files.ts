/** What normalised caches must be told of a schema, since they do not ask the server for it. */
import {
  introspectionFromSchema,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  lexicographicSortSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

const ROOTS = ['Query', 'Mutation', 'Subscription'];

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Apollo Client's `possibleTypes`: of each interface and union its types. */
export function possibleTypes(schema: GraphQLSchema): string {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType).toSorted(byName);
  return json(
    Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).toSorted(byName).map(nameOf)])),
  );
}

/**
 * Of each type the field that is its key in a cache; null: it lives in its parent. Graphcache warns of types
 * that it is not told of.
 */
export function graphcacheKeys(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type) && !ROOTS.includes(type.name));
  return json(Object.fromEntries(types.toSorted(byName).map((type) => [type.name, keyOf(type)])));
}

/**
 * Graphcache's `schema`. Without it, Graphcache tries all fragments of a union on what it writes, and warns
 * of the fields that the others would have. It is one line, since it travels with the frontend.
 */
export function graphcacheSchema(schema: GraphQLSchema): string {
  const written = introspectionFromSchema(lexicographicSortSchema(schema), { descriptions: false });
  return `${JSON.stringify(written)}\n`;
}

const keyOf = (type: GraphQLObjectType): 'id' | null =>
  type.getInterfaces().some(({ name }) => name === 'Node') ? 'id' : null;

const nameOf = ({ name }: { readonly name: string }): string => name;
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
