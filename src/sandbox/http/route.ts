/** Which endpoint of a provider a request meets. */
import type { Route } from '../simulation.ts';

export interface Routed {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a path has at each `{name}` of the route's path; null where it is another path. */
function parametersOf(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [nth, part] of wanted.entries()) {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    const text = given[nth] ?? '';
    if (name === undefined && text !== part) return null;
    if (name === undefined) continue;
    const value = decoded(text);
    if (value === null || value === '') return null;
    parameters[name] = value;
  }
  return parameters;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The first route of this method and path; otherwise why there is none: 404, or 405 for another method. */
export function routed(routes: readonly Route[], method: string | undefined, path: string): Routed | 404 | 405 {
  const onPath = routes.flatMap((route) => {
    const parameters = parametersOf(route.path, path);
    return parameters === null ? [] : [{ route, parameters }];
  });
  return onPath.find(({ route }) => route.method === method) ?? (onPath.length > 0 ? 405 : 404);
}
