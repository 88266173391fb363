/** What an operation costs at most, reckoned before it runs. */
import {
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Context } from '../context.ts';
import { createIntrospectionCount } from './introspection.ts';
import { PRICES } from './prices.ts';

/** Rows of a list that does not say how long it is. */
const ROWS_OF_A_LIST = 5;

const NOTHING = { depth: 0, breadth: 0, complexity: 0, mutations: 0, providerCalls: 0, ledgerReads: 0 };
/** What is summed up over the fields of a selection. Its depth is that of the deepest. */
const SUMMED = ['breadth', 'complexity', 'mutations', 'providerCalls', 'ledgerReads'] as const;

/**
 * `depth` and `breadth` count fields of the document, `complexity` the values of the answer: a list costs its
 * page size times what hangs on each row. `providerCalls` and `ledgerReads` are what others are asked.
 */
export type Cost = Readonly<typeof NOTHING>;

/** Null where the executor will refuse the request by itself: no such operation, or wrong variables. */
export function estimateCost(
  request: {
    readonly schema: GraphQLSchema;
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  },
  context: Context,
): Cost | null {
  const { schema, document, operationName, variableValues: given } = request;
  const operation = getOperationAST(document, operationName);
  const root = operation === null || operation === undefined ? undefined : schema.getRootType(operation.operation);
  if (operation === null || operation === undefined || root === null || root === undefined) return null;
  const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], given ?? {}, {
    maxErrors: 1,
  });
  if (variableValues === undefined) return null;

  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const introspection = createIntrospectionCount(schema, (name) => fragments.get(name));
  const known = new Map<SelectionSetNode, Map<GraphQLNamedType, typeof NOTHING>>();

  function ofSelections(set: SelectionSetNode, type: GraphQLNamedType): typeof NOTHING {
    const before = known.get(set)?.get(type);
    if (before !== undefined) return before;
    const sum = { ...NOTHING };
    for (const selection of set.selections) {
      const cost = ofSelection(selection, type);
      for (const name of SUMMED) sum[name] += cost[name];
      sum.depth = Math.max(sum.depth, cost.depth);
    }
    const byType = known.get(set) ?? new Map<GraphQLNamedType, typeof NOTHING>();
    known.set(set, byType.set(type, sum));
    return sum;
  }

  function ofSelection(selection: SelectionSetNode['selections'][number], type: GraphQLNamedType): typeof NOTHING {
    if (selection.kind === Kind.FIELD) return ofField(selection, type);
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return NOTHING;
    const named = fragment.typeCondition?.name.value;
    const onto = named === undefined ? type : schema.getType(named);
    return onto === undefined ? NOTHING : ofSelections(fragment.selectionSet, onto);
  }

  function ofField(node: FieldNode, type: GraphQLNamedType): typeof NOTHING {
    const { name, selectionSet } = node;
    if (name.value.startsWith('__')) return ofMeta(name.value, selectionSet);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
    if (field === undefined) return { ...NOTHING, depth: 1, breadth: 1, complexity: 1 };
    const args = argumentsOf(field, node);
    const { own, times } = weightOf(field, args, context);
    const price = PRICES[`${type.name}.${name.value}`]?.(args, context) ?? {};
    const inner = selectionSet === undefined ? NOTHING : ofSelections(selectionSet, getNamedType(field.type));
    return {
      depth: 1 + inner.depth,
      breadth: 1 + inner.breadth,
      complexity: own + times * inner.complexity,
      mutations: type === schema.getMutationType() ? 1 : 0,
      providerCalls: (price.providerCalls ?? 0) + times * inner.providerCalls,
      ledgerReads: (price.ledgerReads ?? 0) + times * inner.ledgerReads,
    };
  }

  function ofMeta(name: string, set: SelectionSetNode | undefined): typeof NOTHING {
    const count = name === '__schema' ? introspection.ofSchema : introspection.ofType;
    return { ...NOTHING, depth: 1, breadth: 1, complexity: set === undefined ? 1 : 1 + count(set) };
  }

  /** None where they are wrong: the executor says so. */
  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Readonly<Record<string, unknown>> {
    try {
      return getArgumentValues(field, node, variableValues);
    } catch (error) {
      if (error instanceof GraphQLError) return {};
      throw error;
    }
  }

  return ofSelections(operation.selectionSet, root);
}

const isList = (type: GraphQLOutputType): boolean => isListType(type) || (isNonNullType(type) && isList(type.ofType));

/** Reads Pothos' option `complexity` of a field: a number, or both members, or a function that gives them. */
function weightOf(
  field: GraphQLField<unknown, unknown>,
  args: Readonly<Record<string, unknown>>,
  context: Context,
): { readonly own: number; readonly times: number } {
  const option: unknown = field.extensions['complexity'];
  const given: unknown = typeof option === 'function' ? Reflect.apply(option, undefined, [args, context]) : option;
  const standard = { own: 1, times: isList(field.type) ? ROWS_OF_A_LIST : 1 };
  if (typeof given === 'number') return { ...standard, own: given };
  if (typeof given !== 'object' || given === null) return standard;
  return {
    own: 'field' in given && typeof given.field === 'number' ? given.field : standard.own,
    times: 'multiplier' in given && typeof given.multiplier === 'number' ? given.multiplier : standard.times,
  };
}
