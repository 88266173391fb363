/** Documents made from the schema by chance: trees that are valid, and can be changed a little at a time. */
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  parse,
  print,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { between, type Random } from '../../src/sandbox/random.ts';

/** A field as it is asked for, with an alias of its own. */
export interface Part {
  /** Its parent, where that is a type among several. */
  readonly on: string;
  readonly field: string;
  /** Literals by the argument's name. */
  readonly args: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
}

export interface Wish {
  readonly operation: 'query' | 'mutation';
  readonly parts: readonly Part[];
}

/** A literal for a scalar; `path` is the argument with the members above it, as `filter.createdAt.gte`. */
export type ValueOf = (type: string, path: string, random: Random) => string;

interface Growing {
  readonly schema: GraphQLSchema;
  readonly random: Random;
  readonly valueOf: ValueOf;
}

const MOST_DEPTH = 6;
const happens = (random: Random, share: number): boolean => random() < share;
const one = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[between(random, 0, items.length - 1)];

/** One root field by chance, or the one that is named, grown to its leaves. */
export function grow(growing: Growing, operation: Wish['operation'], field?: string): Wish {
  const root = operation === 'query' ? growing.schema.getQueryType() : growing.schema.getMutationType();
  const part = root === null || root === undefined ? null : partOf(growing, root, 0, field);
  return { operation, parts: part === null ? [] : [part] };
}

function partOf(growing: Growing, type: GraphQLNamedType, depth: number, name?: string): Part | null {
  const { schema, random } = growing;
  const parent = isAbstractType(type) ? one(random, schema.getPossibleTypes(type)) : type;
  if (!isObjectType(parent)) return null;
  const fields = Object.values(parent.getFields());
  const leaves = fields.filter((each) => !isComposite(getNamedType(each.type)));
  const candidates = depth >= MOST_DEPTH && leaves.length > 0 ? leaves : fields;
  const field = name === undefined ? one(random, candidates) : parent.getFields()[name];
  if (field === undefined) return null;
  const inner = getNamedType(field.type);
  const wanted = isComposite(inner) ? between(random, 1, 4) : 0;
  const parts = Array.from({ length: wanted }, () => partOf(growing, inner, depth + 1)).filter((part) => part !== null);
  if (wanted > 0 && parts.length === 0) return null;
  return { on: parent.name, field: field.name, args: argumentsOf(growing, field), parts };
}

const isComposite = (type: GraphQLNamedType): boolean => isObjectType(type) || isAbstractType(type);

function argumentsOf(growing: Growing, { args }: GraphQLField<unknown, unknown>): Part['args'] {
  return Object.fromEntries(
    args.flatMap((each) =>
      isRequiredArgument(each) || happens(growing.random, 0.4)
        ? [[each.name, literalOf(growing, each.type, each.name)]]
        : [],
    ),
  );
}

function literalOf(growing: Growing, type: GraphQLInputType, path: string): string {
  const { random, valueOf } = growing;
  if (isNonNullType(type)) return literalOf(growing, type.ofType, path);
  if (isListType(type)) {
    const length = happens(random, 0.3) ? 100 : between(random, 1, 3);
    return `[${Array.from({ length }, () => literalOf(growing, type.ofType, path)).join(', ')}]`;
  }
  if (isEnumType(type)) return one(random, type.getValues())?.name ?? '';
  if (!isInputObjectType(type)) return valueOf(type.name, path, random);
  const fields = Object.values(type.getFields());
  const chosen = type.isOneOf
    ? [one(random, fields)]
    : fields.filter((each) => isRequiredInputField(each) || happens(random, 0.2));
  const members = chosen.flatMap((each) =>
    each === undefined ? [] : [`${each.name}: ${literalOf(growing, each.type, `${path}.${each.name}`)}`],
  );
  return `{ ${members.join(', ')} }`;
}

/** Twice as much of it. */
export const doubled = ({ operation, parts }: Wish): Wish => ({ operation, parts: [...parts, ...parts] });

/** The same wish, a little otherwise: more of it, less of it, or something else at one place. */
export function changed(growing: Growing, wish: Wish): Wish {
  const { random } = growing;
  const { operation, parts } = wish;
  const way = between(random, 0, 5);
  if (way === 0 || parts.length === 0) return { operation, parts: [...parts, ...grow(growing, operation).parts] };
  if (way === 1) return doubled(wish);
  if (way === 2 && parts.length > 1)
    return { operation, parts: parts.toSpliced(between(random, 0, parts.length - 1), 1) };
  const nth = between(random, 0, parts.length - 1);
  const part = parts[nth];
  return { operation, parts: part === undefined ? parts : parts.with(nth, changedPart(growing, part)) };
}

function changedPart(growing: Growing, part: Part): Part {
  const { schema, random } = growing;
  const parent = schema.getType(part.on);
  const field = isObjectType(parent) ? parent.getFields()[part.field] : undefined;
  if (field === undefined) return part;
  const way = between(random, 0, 5);
  if (way === 0) return { ...part, args: argumentsOf(growing, field) };
  const inner = getNamedType(field.type);
  if (!isComposite(inner)) return part;
  if (way <= 2) {
    const more = partOf(growing, inner, 2);
    return more === null ? part : { ...part, parts: [...part.parts, more] };
  }
  const nth = between(random, 0, part.parts.length - 1);
  const child = part.parts[nth];
  if (child === undefined) return part;
  if (way === 3) return { ...part, parts: [...part.parts, child] };
  if (way === 4 && part.parts.length > 1) return { ...part, parts: part.parts.toSpliced(nth, 1) };
  return { ...part, parts: part.parts.with(nth, changedPart(growing, child)) };
}

/** Its text. Each field has an alias of its own, so that none is merged with another. */
export function textOf({ operation, parts }: Wish): string {
  let aliases = 0;
  const write = ({ field, args, parts: inner }: Part): string => {
    const given = Object.entries(args).map(([name, literal]) => `${name}: ${literal}`);
    const selection = inner.map((part) => `... on ${part.on} { ${write(part)} }`);
    aliases += 1;
    const asked = given.length === 0 ? '' : `(${given.join(', ')})`;
    return `a${aliases.toString(36)}: ${field}${asked}${inner.length === 0 ? '' : ` { ${selection.join(' ')} }`}`;
  };
  return `${operation} { ${parts.map(write).join(' ')} }`;
}

/** The tree of a text in our hand: one operation, without fragments that have a name. */
export function wishOf(schema: GraphQLSchema, text: string): Wish {
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation === 'subscription')
    throw new Error(`no query and no mutation: ${text}`);
  const root = schema.getRootType(operation.operation);
  if (root === null || root === undefined) throw new Error(`the schema has no ${operation.operation}`);
  return { operation: operation.operation, parts: partsIn(schema, root, operation.selectionSet) };
}

function partsIn(schema: GraphQLSchema, type: GraphQLNamedType, { selections }: SelectionSetNode): readonly Part[] {
  return selections.flatMap((selection): readonly Part[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('a fragment with a name');
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = schema.getType(selection.typeCondition?.name.value ?? type.name) ?? type;
      return partsIn(schema, on, selection.selectionSet);
    }
    const { name, selectionSet } = selection;
    const args = (selection.arguments ?? []).map(
      (each) => [each.name.value, print(each.value).replaceAll(/\s+/g, ' ')] as const,
    );
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
    const inner = field === undefined ? metaType(schema, name.value) : getNamedType(field.type);
    const parts = selectionSet === undefined || inner === undefined ? [] : partsIn(schema, inner, selectionSet);
    return [{ on: type.name, field: name.value, args: Object.fromEntries(args), parts }];
  });
}

const metaType = (schema: GraphQLSchema, field: string): GraphQLNamedType | undefined =>
  schema.getType(field === '__schema' ? '__Schema' : '__Type');
