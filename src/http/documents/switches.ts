/**
 * What the operator has switched off of what a document may ask: the schema itself, and hints at its names.
 */
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Over every transport. */
export function switchedOff(doors: { readonly introspection: boolean; readonly hints: boolean }): Plugin {
  return {
    onValidate: ({ addValidationRule }) => {
      if (!doors.introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecute: ({ args }) => hideHints(args, doors.hints),
    onSubscribe: ({ args }) => hideHints(args, doors.hints),
  };
}

/** Wrong names in variables are told by the executor. */
function hideHints(args: object, hints: boolean): void {
  if (!hints) Object.assign(args, { hideSuggestions: true });
}
