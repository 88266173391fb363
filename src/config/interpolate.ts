/** `${NAME}` and `${file:/path}` inside the texts of the configuration file. */
import { readFileSync } from 'node:fs';
import type { Variables } from './environment.ts';

const PLACEHOLDER = /\$\{(file:[^}]+|[A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Stands in place of a text with a placeholder that nothing could be put in for. */
export const UNRESOLVED: unique symbol = Symbol('unresolved');

/**
 * Replaces every placeholder in every text of a JSON value. Missing variables and files are reported, not
 * thrown. Their text becomes UNRESOLVED, so that the rest can still be checked.
 */
export function interpolate(value: unknown, variables: Variables) {
  /** Placeholders that nothing could be put in for, and where in the file they stand. */
  const unresolved: { readonly path: readonly (string | number)[]; readonly problem: string }[] = [];
  const replaced = walk(value, [], (text, path) => {
    let isWhole = true;
    const filled = text.replaceAll(PLACEHOLDER, (placeholder, name: string) => {
      const found = name.startsWith('file:') ? fromFile(name.slice('file:'.length)) : fromVariable(name, variables);
      if ('text' in found) return found.text;
      isWhole = false;
      unresolved.push({ path, problem: `${placeholder}: ${found.problem}` });
      return placeholder;
    });
    return isWhole ? filled : UNRESOLVED;
  });
  return { value: replaced, unresolved };
}

type Substitute = { readonly text: string } | { readonly problem: string };

function fromVariable(name: string, variables: Variables): Substitute {
  const text = variables[name];
  return text === undefined || text === '' ? { problem: `the variable ${name} is not set` } : { text };
}

function fromFile(path: string): Substitute {
  try {
    // Secrets mounted as files end in a newline that is not part of them.
    return { text: readFileSync(path, 'utf8').replace(/\r?\n$/, '') };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    return { problem: `the file can't be read (${code})` };
  }
}

function walk(
  value: unknown,
  path: readonly (string | number)[],
  text: (text: string, path: readonly (string | number)[]) => unknown,
): unknown {
  if (typeof value === 'string') return text(value, path);
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], text));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, [...path, name], text)]));
  }
  return value;
}
