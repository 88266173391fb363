/**
 * Which web pages may call: a browser says of every request whose page it is. Programs say nothing, and may.
 */
import { isIP } from 'node:net';
import { hostIn, isLoopback } from '../../flow/loopback.ts';

/**
 * Whether a page of this origin may call the server, which it reached under this name; null: no page, or one
 * that reads its own.
 */
export type AllowsOrigin = (origin: string | null, host: string) => boolean;

/**
 * Without tokens: pages of this machine, of the server itself, and those that the operator allows. A page
 * could act for the person who opened it (CSRF). It could also let its own name lead to this server (DNS
 * rebinding): the browser then sends no preflight and, on reads, no Origin. So the server answers only to
 * names that no stranger can give it: addresses, names without a dot, those of this machine, and its own.
 */
export function pagesNearby(server: {
  /** The address that it is bound to. */
  readonly host: string;
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
}): AllowsOrigin {
  const { host: boundTo, publicUrl, allowedOrigins } = server;
  const own = new Set([boundTo.toLowerCase(), hostIn(publicUrl)]);
  const isSafe = (name: string) => isIP(name) !== 0 || !/[^.]\.[^.]/.test(name);
  const isOurs = (host: string) => {
    const name = hostIn(`http://${host}`);
    return isLoopback(name) || own.has(name) || (!isLoopback(boundTo) && isSafe(name));
  };
  return (origin, host) => {
    if (!isOurs(host)) return false;
    const page = origin === null ? null : URL.parse(origin);
    const isNear = origin !== null && isLoopback(hostIn(origin));
    return origin === null || isNear || page?.host === host || allowedOrigins.includes(origin);
  };
}

/**
 * With tokens: any page, unless the operator names those that may call; the server's own may always. A
 * browser adds no token by itself.
 */
export const pagesWithTokens = (allowedOrigins: readonly string[]): AllowsOrigin =>
  allowedOrigins.length === 0
    ? () => true
    : (origin, host) =>
        origin === null || allowedOrigins.includes(origin) || (URL.parse(origin)?.host ?? null) === host;
