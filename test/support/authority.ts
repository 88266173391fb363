/**
 * An OpenID Connect authority on loopback: code with PKCE for one public client, refresh tokens, and tokens
 * that are soon over.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface Authority {
  readonly url: string;
  /** How many access tokens it has given. */
  readonly given: () => number;
  readonly close: () => Promise<void>;
}

/** `lifetime`: of an access token, in seconds. */
export async function startAuthority(of: {
  readonly clientId: string;
  readonly audience: string;
  readonly lifetime: number;
}): Promise<Authority> {
  const { clientId, audience, lifetime } = of;
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const challenges = new Map<string, string>();
  const refreshTokens = new Set<string>();
  let given = 0;
  let url = '';

  const sign = (claims: object, seconds: number) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(url)
      .setSubject('somebody')
      .setIssuedAt()
      .setExpirationTime(`${seconds} s`)
      .sign(privateKey);

  async function tokens() {
    given += 1;
    const refresh = randomUUID();
    refreshTokens.add(refresh);
    const scope = 'openid refunds:read refunds:write';
    return {
      access_token: await sign({ aud: audience, scope, accounts: '*', client_id: clientId }, lifetime),
      id_token: await sign({ aud: clientId }, 3600),
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: lifetime,
      scope,
    };
  }

  /** What the form of a token request is given; null: it is refused. */
  async function exchange(form: URLSearchParams) {
    if (form.get('client_id') !== clientId) return null;
    if (form.get('grant_type') === 'refresh_token') {
      return refreshTokens.delete(form.get('refresh_token') ?? '') ? tokens() : null;
    }
    const challenge = challenges.get(form.get('code') ?? '');
    challenges.delete(form.get('code') ?? '');
    const made = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return challenge === made ? tokens() : null;
  }

  async function answer(request: IncomingMessage): Promise<{ readonly location: string } | { readonly json: object }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname === '/authorize') {
      const code = randomUUID();
      challenges.set(code, searchParams.get('code_challenge') ?? '');
      const back = new URL(searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return { location: back.href };
    }
    if (pathname === '/token') return { json: (await exchange(new URLSearchParams(await text(request)))) ?? {} };
    if (pathname === '/keys') return { json: { keys: [jwk] } };
    if (pathname === '/end') return { location: searchParams.get('post_logout_redirect_uri') ?? '' };
    return {
      json: {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        end_session_endpoint: `${url}/end`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    };
  }

  const server = createServer((request, response) => {
    void answer(request).then((said) => {
      if ('location' in said) return response.writeHead(302, { location: said.location }).end();
      const status = request.url?.startsWith('/token') === true && !('access_token' in said.json) ? 400 : 200;
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      return response.end(JSON.stringify(said.json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url,
    given: () => given,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
