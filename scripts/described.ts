/** What of a schema has no description: a frontend developer reads nothing else. */
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import type { GraphQLNamedType, GraphQLSchema } from 'graphql';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/**
 * Types, fields, arguments, input fields and enum values without a description, as `Type`, `Type.field` or
 * `Type.field(argument)`.
 */
export function undescribed(schema: GraphQLSchema): readonly string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => [...bare([type], ''), ...membersOf(type)]);
}

function membersOf(type: GraphQLNamedType): readonly string[] {
  const above = `${type.name}.`;
  if (isEnumType(type)) return bare(type.getValues(), above);
  if (isInputObjectType(type)) return bare(Object.values(type.getFields()), above);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields());
  const args = fields.flatMap((field) => bare(field.args, `${above}${field.name}(`).map((name) => `${name})`));
  return [...bare(fields, above), ...args];
}

const bare = (members: readonly Described[], above: string): readonly string[] =>
  members.filter(({ description }) => (description ?? '').trim() === '').map(({ name }) => `${above}${name}`);
