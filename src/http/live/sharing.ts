/** Which subscriptions are equal: they ask the same, and may see the same. */
import { getOperationAST, Kind, visit, type DocumentNode, type ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { traceOf, withTrace } from '../../flow/trace.ts';
import type { NewId } from '../../flow/clock.ts';
import { SCOPES, type Context } from '../../graphql/context.ts';
import type { Bills } from '../../ledger/bills.ts';
import { openBroadcast, type Broadcast, type Subscribe } from './broadcast.ts';
import type { Seat } from './seat.ts';

/** Lets subscriptions share what they are told. `subscribe` is asked for when the first one begins. */
export function shareSubscriptions({
  subscribe,
  bills,
  newId,
}: {
  readonly subscribe: () => Subscribe;
  readonly bills: Bills;
  readonly newId: NewId;
}) {
  const broadcasts = new Map<string, Broadcast>();
  const seats = new WeakMap<object, Seat>();

  function begin(key: string, args: ExecutionArgs, context: Context, from: Parameters<Broadcast['sit']>[0]): Broadcast {
    const over = () => {
      if (broadcasts.get(key) === broadcast) broadcasts.delete(key);
    };
    // It belongs to no request: its first reader may leave.
    const broadcast = withTrace(traceOf({}, newId), () =>
      openBroadcast(subscribe(), { args, context, from, bills, over }),
    );
    broadcasts.set(key, broadcast);
    return broadcast;
  }

  const plugin: Plugin<Context & { readonly request?: Request }> = {
    onSubscribe: ({ args, context, extendContext }) => {
      if (context.telling !== null) return;
      const key = keyOf(args, context);
      const reader = context.request ?? context;
      extendContext({
        telling: {
          kind: 'own',
          hasArrived: () => seats.has(reader),
          arrive: (at) => {
            const seat = (broadcasts.get(key) ?? begin(key, args, context, at)).sit(at, context);
            if (seat !== null) seats.set(reader, seat);
            return seat !== null;
          },
        },
      });
    },
  };
  return {
    plugin,
    /** The seat that a reader has taken, by its request or its context; null: it came to its end before. */
    seatOf: (reader: unknown): Seat | null =>
      typeof reader === 'object' && reader !== null ? (seats.get(reader) ?? null) : null,
  };
}

/** Equal documents have equal numbers as long as they are remembered. */
const numbers = new WeakMap<DocumentNode, number>();
let last = 0;

function numberOf(document: DocumentNode): number {
  const number = numbers.get(document) ?? ++last;
  numbers.set(document, number);
  return number;
}

/** Everything that what is told depends on. */
function keyOf({ document, operationName, variableValues }: ExecutionArgs, { caller, services }: Context): string {
  const places = placesIn(document, operationName ?? null);
  const variables = Object.entries(variableValues ?? {}).filter(([name]) => !places.has(name));
  const accounts = [...services.accounts.keys(), ...services.formerAccounts.keys()];
  return JSON.stringify([
    numberOf(document),
    operationName ?? null,
    variables,
    accounts.filter((account) => caller.sees(account)),
    SCOPES.filter((scope) => caller.may(scope)),
  ]);
}

/** Variables that only say where a subscription begins: equals may come from different places. */
function placesIn(document: DocumentNode, operationName: string | null): ReadonlySet<string> {
  const operation = getOperationAST(document, operationName);
  const uses = new Map<string, number>();
  if (operation === null || operation === undefined) return new Set();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  const places = new Set<string>();
  for (const selection of operation.selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    for (const { name, value } of selection.arguments ?? []) {
      const isPlace = name.value === 'after' && value.kind === Kind.VARIABLE && uses.get(value.name.value) === 1;
      if (isPlace) places.add(value.name.value);
    }
  }
  return places;
}
