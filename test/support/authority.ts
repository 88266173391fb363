/**
 * An OpenID Connect authority on loopback: code with PKCE for one public client, a page on which anybody may
 * log in, refresh tokens, and access tokens that are soon over.
 */
import { generateKeyPair, exportJWK } from 'jose';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';

export interface Authority {
  readonly url: string;
  /** How many times tokens were given out. */
  readonly given: () => number;
  readonly close: () => Promise<void>;
}

/** `lifetime`: of an access token, in seconds. `desk`: the address of the page that people sign in to. */
export async function startAuthority(of: {
  readonly port: number;
  readonly desk: string;
  readonly clientId: string;
  /** The API that tokens are for. */
  readonly resource: string;
  readonly scopes: string;
  readonly lifetime: number;
}): Promise<Authority> {
  const { port, desk, clientId, resource, scopes, lifetime } = of;
  const url = `http://127.0.0.1:${port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });

  /** Whoever logs in has agreed. */
  async function agreed({ oidc }: KoaContextWithOIDC) {
    const { client, session } = oidc;
    if (client === undefined || session?.accountId === undefined) return undefined;
    const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid');
    grant.addResourceScope(resource, scopes);
    await grant.save();
    return grant;
  }

  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${desk}/signed-in`],
        post_logout_redirect_uris: [desk],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['a key of the tests'] },
    clientBasedCORS: () => true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    loadExistingGrant: agreed,
    issueRefreshToken: () => true,
    ttl: { IdToken: 3600, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
    extraTokenClaims: () => ({ accounts: '*' }),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes,
          audience: resource,
          accessTokenTTL: lifetime,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
  const provider = new Provider(url, configuration);
  let given = 0;
  provider.on('grant.success', () => (given += 1));
  const server = createServer((request, response) => void provider.callback()(request, response));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url,
    given: () => given,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
