/**
 * Promise: a caller is the subject of a valid token. Every other token is refused, with a reason for its
 * holder.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  createIdentify,
  KeysUnavailableError,
  UnauthenticatedError,
  type TokenSettings,
} from '../../src/http/identity.ts';
import { accountKey } from '../../src/refunds/ids.ts';
import { answer, json, startStub } from '../support/stub-server.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const SECRET = 'a secret of more than 32 characters';
const CLAIMS = { scope: 'refunds:read other', accounts: ['library'], exp: SECONDS + 60 };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

const withSecret = (rest: Partial<TokenSettings> = {}): TokenSettings => ({
  keys: { kind: 'secret', secret: SECRET },
  issuer: null,
  audience: null,
  ...rest,
});
const withKey = (publicKey: string): TokenSettings => withSecret({ keys: { kind: 'publicKey', publicKey } });
const identify = (settings: TokenSettings, authorization: string | null) =>
  createIdentify(settings, () => NOW)(authorization);
const sign = (claims: object, alg = 'HS256', key: KeyObject | Uint8Array = Buffer.from(SECRET), kid?: string) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);

describe('a good token', () => {
  it('names its accounts and scopes, behind "Bearer" or bare', async () => {
    const token = await sign(CLAIMS);
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, token]) {
      const caller = await identify(withSecret(), authorization);
      expect([caller.sees(accountKey('library')), caller.sees(accountKey('blue'))]).toEqual([true, false]);
      expect([caller.may('refunds:read'), caller.may('refunds:write'), caller.may('refunds:raw')]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  it('may name every account, and its scopes as a list', async () => {
    const caller = await identify(
      withSecret(),
      await sign({ ...CLAIMS, accounts: '*', scope: ['refunds:write', 'refunds:raw'] }),
    );
    expect(caller.sees(accountKey('any'))).toBe(true);
    expect([caller.may('refunds:read'), caller.may('refunds:write'), caller.may('refunds:raw')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('sees and may nothing that it does not name', async () => {
    const caller = await identify(withSecret(), await sign({ exp: CLAIMS.exp }));
    expect([caller.sees(accountKey('library')), caller.may('refunds:read')]).toEqual([false, false]);
  });

  it('is taken under an RSA or an EC key, from a PEM or by its id from a set', async () => {
    await identify(withKey(pem(rsa.publicKey)), await sign(CLAIMS, 'RS256', rsa.privateKey));
    await identify(withKey(pem(ec.publicKey)), await sign(CLAIMS, 'ES256', ec.privateKey));
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), kid: 'one', alg: 'RS256' },
      { ...(await exportJWK(ec.publicKey)), kid: 'two', alg: 'ES256' },
    ];
    const stub = await startStub();
    stub.always(json({ keys }));
    const checked = createIdentify(withSecret({ keys: { kind: 'jwks', url: `${stub.url}/jwks` } }), () => NOW);
    await checked(await sign(CLAIMS, 'RS256', rsa.privateKey, 'one'));
    await checked(await sign(CLAIMS, 'ES256', ec.privateKey, 'two'));
    await expect(checked(await sign(CLAIMS, 'RS256', rsa.privateKey, 'three'))).rejects.toThrow(UnauthenticatedError);
    expect(stub.requests).toHaveLength(1);
    await stub.close();
  });

  it('expires when it says, and not before it is asked for', async () => {
    const caller = await createIdentify(
      withSecret(),
      () => new Date(),
    )(await sign({ ...CLAIMS, exp: Date.now() / 1_000 - 4.9 }));
    const expiry = caller.expiry();
    expect(expiry?.aborted).toBe(false);
    await new Promise((expired) => expiry?.addEventListener('abort', expired));
  });
});

describe('a token is refused', () => {
  const refused = async (settings: TokenSettings, authorization: string | null): Promise<string> => {
    const error: unknown = await identify(settings, authorization).then(
      () => new Error('it was taken'),
      (problem: unknown) => problem,
    );
    expect(error).toBeInstanceOf(UnauthenticatedError);
    return error instanceof Error ? error.message : '';
  };

  it('that is missing, or is none', async () => {
    expect(await refused(withSecret(), null)).toContain('Authorization: Bearer');
    for (const none of [
      '',
      'Bearer',
      'Bearer x',
      'Basic dXNlcjpwYXNz',
      'Bearer a.b.c',
      `Bearer ${'x'.repeat(10_000)}`,
    ]) {
      await refused(withSecret(), none);
    }
  });

  it('that has expired, is not valid yet, or never expires', async () => {
    expect(await refused(withSecret(), await sign({ ...CLAIMS, exp: SECONDS - 6 }))).toBe('The token has expired.');
    expect(await refused(withSecret(), await sign({ ...CLAIMS, nbf: SECONDS + 60 }))).toContain('"nbf"');
    expect(await refused(withSecret(), await sign({ scope: 'refunds:read' }))).toContain('"exp"');
  });

  it('that is from another issuer or for another audience', async () => {
    const settings = withSecret({ issuer: 'https://id.example', audience: 'refunds' });
    const good = { ...CLAIMS, iss: 'https://id.example', aud: ['other', 'refunds'] };
    await identify(settings, await sign(good));
    expect(await refused(settings, await sign({ ...good, iss: 'https://evil.example' }))).toContain('"iss"');
    expect(await refused(settings, await sign({ ...good, aud: 'other' }))).toContain('"aud"');
    expect(await refused(settings, await sign(CLAIMS))).toContain('"iss"');
  });

  it('whose claims are of another shape', async () => {
    for (const wrong of [{ accounts: 'library' }, { accounts: [1] }, { scope: 1 }, { scope: null }]) {
      expect(await refused(withSecret(), await sign({ ...CLAIMS, ...wrong }))).toContain('claims');
    }
  });

  it('that is signed by somebody else, in another way, or not at all', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const strangers: readonly (readonly [TokenSettings, string])[] = [
      [withSecret(), await sign(CLAIMS, 'HS256', Buffer.from('another secret of 32 characters!'))],
      [withSecret(), await sign(CLAIMS, 'HS512')],
      [withSecret(), new UnsecuredJWT(CLAIMS).encode()],
      [withKey(pem(rsa.publicKey)), await sign(CLAIMS, 'RS256', other.privateKey)],
      [withKey(pem(rsa.publicKey)), await sign(CLAIMS, 'RS512', rsa.privateKey)],
      // The public key used as if it were a shared secret.
      [withKey(pem(rsa.publicKey)), await sign(CLAIMS, 'HS256', Buffer.from(pem(rsa.publicKey)))],
    ];
    const [head = '', body = '', mark = ''] = (await sign(CLAIMS)).split('.');
    const more = Buffer.from(JSON.stringify({ ...CLAIMS, accounts: '*' })).toString('base64url');
    const altered = [`${head}.${more}.${mark}`, `${head}.${body}.${mark.slice(0, -2)}`];
    for (const [settings, token] of [...strangers, ...altered.map((token) => [withSecret(), token] as const)]) {
      expect(await refused(settings, token)).not.toContain('expired');
    }
  });
});

describe('keys that can not be fetched', () => {
  it('are not the fault of the token', async () => {
    const token = await sign(CLAIMS, 'RS256', rsa.privateKey, 'one');
    for (const bad of [answer(500), answer(200, {}, 'no json'), json({ no: 'keys' })]) {
      const stub = await startStub(bad);
      const settings = withSecret({ keys: { kind: 'jwks', url: `${stub.url}/jwks` } });
      await expect(identify(settings, token)).rejects.toThrow(KeysUnavailableError);
      await stub.close();
      await expect(identify(settings, token)).rejects.toThrow(KeysUnavailableError);
    }
  });
});

describe('a token that was checked before', () => {
  it('is refused once it has ended, and checked again after a while', async () => {
    let now = NOW.getTime();
    const check = createIdentify(withSecret(), () => new Date(now));
    const token = await sign(CLAIMS);
    const first = await check(token);
    expect((await check(token)).name).toBe(first.name);
    now += 45_000;
    await expect(check(token)).resolves.toMatchObject({ actor: first.actor });
    // Five seconds are tolerated.
    now = NOW.getTime() + 64_999;
    await expect(check(token)).resolves.toMatchObject({ actor: first.actor });
    now = NOW.getTime() + 65_000;
    await expect(check(token)).rejects.toThrow('The token has expired.');
  });

  it('says nothing of another', async () => {
    const check = createIdentify(withSecret(), () => NOW);
    const token = await sign(CLAIMS);
    await check(token);
    const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    await expect(check(forged)).rejects.toBeInstanceOf(UnauthenticatedError);
  });
});
