/** How many values an introspection gives: counted in the schema itself, since all of it is known. */
import {
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/**
 * Counts the values of a selection on `__schema`, or on each type that `__type` may name. Equal selections on
 * the same thing are counted once, so that fragments on fragments cost no time.
 */
export function createIntrospectionCount(
  schema: GraphQLSchema,
  fragmentOf: (name: string) => FragmentDefinitionNode | undefined,
) {
  const counted = new Map<SelectionSetNode, Map<object, number>>();

  function count(set: SelectionSetNode, of: object): number {
    const known = counted.get(set)?.get(of);
    if (known !== undefined) return known;
    let sum = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const { selectionSet } = selection;
        sum += 1;
        if (selectionSet === undefined) continue;
        for (const child of childrenOf(schema, of, selection.name.value)) sum += count(selectionSet, child);
      } else {
        const inner =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : fragmentOf(selection.name.value)?.selectionSet;
        if (inner !== undefined) sum += count(inner, of);
      }
    }
    const byThing = counted.get(set) ?? new Map<object, number>();
    counted.set(set, byThing.set(of, sum));
    return sum;
  }

  return {
    ofSchema: (set: SelectionSetNode): number => count(set, schema),
    /** The largest of all types: a variable may name any. */
    ofType: (set: SelectionSetNode): number =>
      Math.max(...Object.values(schema.getTypeMap()).map((type) => count(set, type))),
  };
}

/** What a field of the introspection leads to; none where it is a leaf. */
function childrenOf(schema: GraphQLSchema, of: object, field: string): readonly object[] {
  switch (field) {
    case 'types':
      return Object.values(schema.getTypeMap());
    case 'directives':
      return schema.getDirectives();
    case 'queryType':
      return [schema.getQueryType() ?? []].flat();
    case 'mutationType':
      return [schema.getMutationType() ?? []].flat();
    case 'subscriptionType':
      return [schema.getSubscriptionType() ?? []].flat();
    case 'fields':
      return isObjectType(of) || isInterfaceType(of) ? Object.values(of.getFields()) : [];
    case 'inputFields':
      return isInputObjectType(of) ? Object.values(of.getFields()) : [];
    case 'enumValues':
      return isEnumType(of) ? of.getValues() : [];
    case 'interfaces':
      return isObjectType(of) || isInterfaceType(of) ? of.getInterfaces() : [];
    case 'possibleTypes':
      return isAbstractType(of) ? schema.getPossibleTypes(of) : [];
    case 'args':
      return 'args' in of && Array.isArray(of.args) ? of.args.filter(isThing) : [];
    case 'type':
      return 'type' in of && isThing(of.type) ? [of.type] : [];
    case 'ofType':
      return 'ofType' in of && isThing(of.ofType) ? [of.ofType] : [];
    default:
      return [];
  }
}

const isThing = (value: unknown): value is object => typeof value === 'object' && value !== null;
