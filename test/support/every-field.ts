/** Documents that select every field of the schema, made from the schema, and what of them was answered. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

export interface Operation {
  /** As `query refunds`. */
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly text: string;
  /** All that it selects, as `Refund.amount`. */
  readonly fields: ReadonlySet<string>;
}

/** One operation for each root field. `given`: its arguments, as text, where a made-up value would not do. */
export function everyOperation(schema: GraphQLSchema, given: Readonly<Record<string, string>>): readonly Operation[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).map((field): Operation => {
      const fields = new Set<string>();
      const name = `${kind} ${field.name}`;
      const asked = given[name] ?? argumentsOf(field);
      const text = `${kind} { answer: ${field.name}${asked} ${selectionOf(schema, getNamedType(field.type), fields)} }`;
      return { name, kind, text, fields };
    }),
  );
}

/** Each type is selected whole where it is met first, and by its name after that. */
function selectionOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  fields: Set<string>,
  seen = new Set<string>(),
): string {
  if (isUnionType(type) || isInterfaceType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} ${selectionOf(schema, one, fields, seen)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  if (seen.has(type.name)) return '{ __typename }';
  seen.add(type.name);
  // Those of one union may have fields of one name and different types.
  const parts = Object.values(type.getFields()).map((field) => {
    fields.add(`${type.name}.${field.name}`);
    const under = selectionOf(schema, getNamedType(field.type), fields, seen);
    return `${type.name}_${field.name}: ${field.name}${argumentsOf(field)} ${under}`;
  });
  return `{ __typename ${parts.join(' ')} }`;
}

function argumentsOf({ args }: GraphQLField<unknown, unknown>): string {
  const asked = args.filter(
    (one) =>
      one.name === 'first' || (isNonNullType(one.type) && one.defaultValue === undefined && one.default === undefined),
  );
  return asked.length === 0 ? '' : `(${asked.map((one) => `${one.name}: ${valueOf(one)}`).join(', ')})`;
}

/** Any value of the type of an argument. */
function valueOf({ name, type }: GraphQLArgument | GraphQLInputField): string {
  if (name === 'first') return '1';
  const named = getNamedType(type);
  const value = isEnumType(named)
    ? (named.getValues()[0]?.name ?? '')
    : isInputObjectType(named)
      ? `{${Object.values(named.getFields())
          .filter((one) => isNonNullType(one.type))
          .map((one) => `${one.name}: ${valueOf(one)}`)
          .join(', ')}}`
      : named.name === 'Int'
        ? '1'
        : named.name === 'Boolean'
          ? 'true'
          : '"x"';
  return isListType(isNonNullType(type) ? type.ofType : type) ? `[${value}]` : value;
}

/** Every field of every object type but the roots. */
export function everyField(schema: GraphQLSchema): readonly string[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  return Object.values(schema.getTypeMap())
    .flatMap((type) =>
      isObjectType(type) && !type.name.startsWith('__') && !roots.has(type)
        ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
        : [],
    )
    .toSorted();
}

/** What was told of each field: `told`, or the code of the error. What was not reached is absent. */
export function outcomesIn(answer: Answer): ReadonlyMap<string, string> {
  const codes = new Map(
    (answer.errors ?? []).map(({ path, extensions }) => [JSON.stringify(path ?? []), extensions.code]),
  );
  const found = new Map<string, string>();
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) return value.forEach((one, nth) => walk(one, [...path, nth]));
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) {
      const [type, field] = key.split('_');
      const at = [...path, key];
      if (field !== undefined && key !== '__typename') {
        const name = `${type}.${field}`;
        const code = codes.get(JSON.stringify(at));
        if (code !== undefined || !found.has(name)) found.set(name, code ?? 'told');
      }
      walk(member, at);
    }
  };
  walk(answer.data ?? null, []);
  return found;
}

export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string };
  }[];
}
