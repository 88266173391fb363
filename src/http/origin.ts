/** Which web pages may call: a browser says of every request whose page it is. Programs say nothing, and may. */
import type { Plugin } from 'graphql-yoga';

/** Whether a page of this origin may call the server, which it reached under this name; null: no page, or one that reads its own. */
export type AllowsOrigin = (origin: string | null, host: string) => boolean;

/**
 * Refuses requests of other pages. Without this a page that had its own name point at this machine could call as if it were ours,
 * for the browser would not ask before; and of what such a page reads from its own name the browser does not even tell the page, so
 * the name counts, too.
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
