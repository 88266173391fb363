/**
 * One line in the operator's log for each mutation: who asked for what, of which refund, and how it ended.
 */
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { readGlobalId } from '../relay/global-id.ts';

const refundRef = z.object({ account: z.string(), merchantRefundId: z.string() });
/** What results have in common: their own type, and the refund that they speak of. */
const result = z.object({
  type: z.string(),
  refund: refundRef.nullish(),
  existing: refundRef.nullish(),
  callback: z.object({ account: z.string(), merchantRefundId: z.string().nullable() }).nullish(),
});
/** What arguments have in common. */
const asked = z.object({
  id: z.string().optional(),
  input: z.object({ account: z.string(), merchantRefundId: z.string().nullish() }).optional(),
});

/** Longest piece of a caller's text in a line, in characters. */
const LONGEST = 64;

/** The same schema, whose mutations tell. */
export function tellMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const [mutation, field] of Object.entries(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = async (root: unknown, args, context: Context, info) => {
      const told = (answered: unknown, outcome: string) =>
        context.tell({
          kind: 'mutation-answered',
          mutation,
          outcome,
          ...refOf(args, answered),
          ...context.caller.actor,
        });
      try {
        const answered: unknown = await resolve(root, args, context, info);
        told(answered, result.safeParse(answered).data?.type ?? 'null');
        return answered;
      } catch (error) {
        told(null, error instanceof GraphQLError ? String(error.extensions['code']) : 'error');
        throw error;
      }
    };
  }
  return schema;
}

/** Which refund it was: by what was answered, else by what was asked. */
function refOf(args: unknown, answered: unknown) {
  const { refund, existing, callback } = result.safeParse(answered).data ?? {};
  const { id, input } = asked.safeParse(args).data ?? {};
  const named = id === undefined ? null : readGlobalId(id);
  const ref = refund ?? existing ?? callback ?? (named?.type === 'Refund' ? named.ref : input);
  return {
    account: ref?.account.slice(0, LONGEST) ?? null,
    merchantRefundId: ref?.merchantRefundId?.slice(0, LONGEST) ?? null,
  };
}
