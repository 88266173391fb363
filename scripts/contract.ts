/**
 * What a schema lacks of the contract with frontends. It may add to the contract, but rename and drop
 * nothing.
 */
import {
  BreakingChangeType,
  DangerousChangeType,
  findSchemaChanges,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  type GraphQLSchema,
  type SchemaChange,
} from 'graphql';

/**
 * Changes that break a frontend written against the contract. A changed default changes the answer to an old
 * query.
 */
const BREAKING: readonly SchemaChange['type'][] = [
  ...Object.values(BreakingChangeType),
  DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE,
  DangerousChangeType.INPUT_FIELD_DEFAULT_VALUE_CHANGE,
];

/** One sentence for each promise of the contract that the schema doesn't keep; none: it keeps them all. */
export function brokenPromises(contract: GraphQLSchema, schema: GraphQLSchema): readonly string[] {
  const broken = findSchemaChanges(contract, schema)
    .filter((change) => BREAKING.includes(change.type))
    .map((change) => change.description);
  // graphql's comparison does not look at @oneOf.
  const unbound = Object.values(contract.getTypeMap())
    .filter((type) => isInputObjectType(type) && type.isOneOf)
    .filter((type) => {
      const found = schema.getType(type.name);
      return isInputObjectType(found) && !found.isOneOf;
    })
    .map((type) => `Input ${type.name} is no longer @oneOf.`);
  return [...broken, ...unbound, ...fragileFields(contract, schema)];
}

/**
 * Fields with arguments that may be null in the contract and not in the schema: a mistake in an argument of
 * such a field would empty its parent and its neighbours, too.
 */
function fragileFields(contract: GraphQLSchema, schema: GraphQLSchema): readonly string[] {
  return Object.values(contract.getTypeMap()).flatMap((type) => {
    const found = schema.getType(type.name);
    if (!isObjectType(type) || !isObjectType(found)) return [];
    const served = found.getFields();
    return Object.values(type.getFields())
      .filter(({ name, type: promised, args }) => {
        const field = served[name];
        return args.length > 0 && !isNonNullType(promised) && field !== undefined && isNonNullType(field.type);
      })
      .map(({ name }) => `${type.name}.${name} can no longer fail alone: it is never null.`);
  });
}

/**
 * Compares the broken promises with the list of those that are known to be open. Wrong is a broken one that
 * is not in the list, and one in the list that is kept by now. So the list only shrinks.
 */
export function unsettledPromises(broken: readonly string[], open: readonly string[]): readonly string[] {
  return [
    ...broken.filter((promise) => !open.includes(promise)).map((promise) => `contract broken: ${promise}`),
    ...open
      .filter((promise) => !broken.includes(promise))
      .map((promise) => `kept by now, so no longer open: ${promise}`),
  ];
}
