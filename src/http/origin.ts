/** Which web pages may call: a browser says of every request whose page it is. Programs say nothing, and may. */
import type { Plugin } from 'graphql-yoga';

/** Whether a page of this origin may call the server, which it reached under this name. */
export type AllowsOrigin = (origin: string, host: string) => boolean;

/**
 * Refuses requests of other pages. Without this a page that had its own name point at this machine could call as if it were ours,
 * for the browser would not ask before.
 */
export const refuseStrangers = (allowsOrigin: AllowsOrigin): Plugin => ({
  onRequest: (event) => {
    const { request, fetchAPI } = event;
    const origin = request.headers.get('origin');
    if (origin === null || allowsOrigin(origin, request.headers.get('host') ?? '')) return;
    const message = `Pages of ${origin} may not call this server.`;
    event.endResponse(
      fetchAPI.Response.json({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] }, { status: 403 }),
    );
  },
});
