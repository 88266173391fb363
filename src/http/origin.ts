/**
 * Which web pages may call: a browser says of every request whose page it is. Programs say nothing, and may.
 */
import type { Plugin } from 'graphql-yoga';

/**
 * Whether a page of this origin may call the server, which it reached under this name; null: no page, or one
 * that reads its own.
 */
export type AllowsOrigin = (origin: string | null, host: string) => boolean;

/**
 * Refuses requests of other pages. DNS rebinding: a foreign page can resolve its own host name to this
 * machine. The browser then sends no preflight and, on reads, no Origin. So the Host header is checked as
 * well.
 */
export const refuseStrangers = (allowsOrigin: AllowsOrigin): Plugin => ({
  onRequest: (event) => {
    const { request, fetchAPI } = event;
    const origin = request.headers.get('origin');
    const host = request.headers.get('host') ?? '';
    if (allowsOrigin(origin, host)) return;
    const message =
      origin === null
        ? `This server does not go by the name ${host}. If it should, set PUBLIC_URL to it.`
        : `Pages of ${origin} may not call this server.`;
    event.endResponse(
      fetchAPI.Response.json({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] }, { status: 403 }),
    );
  },
});

/**
 * Pages of this machine, and whatever reaches the server under a name of this machine or its public one;
 * where it is meant to be reached from elsewhere, under any name, and then also its own pages, GraphiQL's.
 */
export function pagesNearby(server: {
  /** The address that it is bound to. */
  readonly host: string;
  readonly publicUrl: string;
  readonly isLoopback: (host: string) => boolean;
}): AllowsOrigin {
  const { host: boundTo, publicUrl, isLoopback } = server;
  const isHere = (hostname: string | undefined) => isLoopback(hostname?.replace(/^\[|\]$/g, '') ?? '');
  const isOurs = (host: string) => {
    const hostname = URL.parse(`http://${host}`)?.hostname;
    return !isLoopback(boundTo) || isHere(hostname) || hostname === URL.parse(publicUrl)?.hostname;
  };
  return (origin, host) => {
    if (!isOurs(host)) return false;
    const page = origin === null ? null : URL.parse(origin);
    return origin === null || isHere(page?.hostname) || page?.host === host;
  };
}
