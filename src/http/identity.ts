/** Tokens: `jose` checks the signature, and the claims become a caller. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { z } from 'zod';
import type { Caller } from '../graphql/context.ts';
import type { Clock } from '../flow/clock.ts';

/** How tokens are checked. */
export interface TokenSettings {
  readonly keys:
    | { readonly kind: 'jwks'; readonly url: string }
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'publicKey'; readonly publicKey: string };
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** The token is missing, or is not good. The message is for its holder. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
}

/** The keys that tokens are checked with can't be fetched: nothing can be said about the token. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

/** Finds the caller that an `Authorization` names. Throws UnauthenticatedError and KeysUnavailableError. */
export type Identify = (authorization: string | null) => Promise<Caller>;

/**
 * With `AUTH=none` everyone may do everything. The configuration allows it on loopback only, unless told
 * otherwise.
 */
export const anybody: Identify = () =>
  Promise.resolve({
    sees: () => true,
    may: () => true,
    name: null,
    actor: { subject: 'anonymous', client: null },
    expiresAt: null,
    expiry: () => null,
  });

/** Clocks of two machines differ; seconds. */
const TOLERANCE_S = 5;

/**
 * Makes the check of tokens. The algorithm follows from the key, not from the token: a token that names
 * another one is refused. A token without `exp` is refused, too, because every subscription must end.
 */
export function createIdentify({ keys, issuer, audience }: TokenSettings, clock: Clock): Identify {
  const { key, algorithms } = keyOf(keys);
  const options = (): JWTVerifyOptions => ({
    algorithms: [...algorithms],
    requiredClaims: ['exp'],
    clockTolerance: TOLERANCE_S,
    currentDate: clock(),
    ...(issuer === null ? {} : { issuer }),
    ...(audience === null ? {} : { audience }),
  });
  const known = new LRUCache<string, KnownToken>({ maxSize: KNOWN_BYTES, sizeCalculation: (_, token) => token.length });
  return async (authorization) => {
    const token = tokenIn(authorization);
    const now = clock().getTime();
    const before = known.get(token);
    if (before !== undefined && isGoodStill(before, now)) return callerOf(before.claims, clock);
    // jose tells the two kinds of key apart by overloads, so that a union of them fits neither.
    const claims = await verified(() =>
      typeof key === 'function' ? jwtVerify(token, key, options()) : jwtVerify(token, key, options()),
    );
    const read = readClaims(claims);
    known.set(token, { claims: read, checkedAt: now });
    return callerOf(read, clock);
  };
}

/** A token whose signature was checked. */
interface KnownToken {
  readonly claims: Claims;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
}

/** Characters of tokens that are remembered. */
const KNOWN_BYTES = 4 * 1024 * 1024;
/**
 * How long the check of a signature holds, in milliseconds. Keys that were withdrawn are known for as long:
 * jose itself keeps a key set for ten minutes.
 */
const CHECK_HOLDS_MS = 30_000;

/** What else a token says does not change; only its end comes nearer. */
const isGoodStill = ({ claims: { exp }, checkedAt }: KnownToken, now: number): boolean =>
  now >= checkedAt && now - checkedAt < CHECK_HOLDS_MS && now < (exp + TOLERANCE_S) * 1_000;

function keyOf(keys: TokenSettings['keys']): {
  readonly key: JWTVerifyGetKey | KeyObject | Uint8Array;
  readonly algorithms: readonly string[];
} {
  switch (keys.kind) {
    case 'secret':
      return { key: new TextEncoder().encode(keys.secret), algorithms: ['HS256'] };
    case 'publicKey': {
      const key = createPublicKey(keys.publicKey);
      return { key, algorithms: key.asymmetricKeyType === 'ec' ? ['ES256'] : ['RS256'] };
    }
    case 'jwks':
      return { key: createRemoteJWKSet(new URL(keys.url)), algorithms: ['RS256', 'ES256'] };
  }
}

/** `Bearer …`, or the bare token as some WebSocket clients send it. */
function tokenIn(authorization: string | null): string {
  const [, token] = /^(?:Bearer +)?([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (token !== undefined) return token;
  throw new UnauthenticatedError(
    authorization === null
      ? 'Send a token: "Authorization: Bearer …", in connectionParams.authorization for WebSocket.'
      : 'This is no token. Expected "Bearer …".',
  );
}

/**
 * jose's codes for a key set that did not arrive, or is not one. The first: the answer was not 200, or not
 * JSON.
 */
const KEYS_MISSING: ReadonlySet<string> = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

async function verified(verify: () => Promise<{ readonly payload: unknown }>): Promise<unknown> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('The token has expired.');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new UnauthenticatedError(`The token's claim "${error.claim}" is missing or not the expected one.`);
    if (!(error instanceof errors.JOSEError) || KEYS_MISSING.has(error.code))
      throw new KeysUnavailableError('The keys of tokens can not be fetched.', { cause: error });
    throw new UnauthenticatedError('The token is not signed by who it should be.');
  }
}

/** The claims that we read. RFC 8693 writes `scope` as words between blanks; many issuers send a list. */
const claimsOf = z.object({
  exp: z.number(),
  iss: z.string().default(''),
  sub: z.string().optional(),
  // RFC 9068, and OpenID's older name for it.
  client_id: z.string().optional(),
  azp: z.string().optional(),
  scope: z.union([z.string().transform((text) => text.split(' ')), z.array(z.string())]).default([]),
  accounts: z.union([z.literal('*'), z.array(z.string())]).default([]),
});

type Claims = z.output<typeof claimsOf>;

function readClaims(claims: unknown): Claims {
  const parsed = claimsOf.safeParse(claims);
  if (!parsed.success) {
    throw new UnauthenticatedError(
      'The token\'s claims are not as expected: "scope" is text or a list of texts, "accounts" a list of keys or "*".',
    );
  }
  return parsed.data;
}

function callerOf(claims: Claims, clock: Clock): Caller {
  const { exp, scope, accounts, iss, sub, azp, client_id: client = azp ?? null } = claims;
  const expiring = (): AbortSignal => {
    const left = (exp + TOLERANCE_S) * 1_000 - clock().getTime();
    return AbortSignal.timeout(Math.ceil(Math.min(Math.max(left, 0), LONGEST_TIMER_MS)));
  };
  let expiry: AbortSignal | null = null;
  return {
    sees: (account) => accounts === '*' || accounts.includes(account),
    may: (wanted) => scope.includes(wanted),
    name: JSON.stringify([iss, sub ?? null, client]),
    actor: { subject: sub ?? client ?? 'unnamed', client },
    expiresAt: new Date(exp * 1_000),
    expiry: () => (expiry ??= expiring()),
  };
}

/**
 * Longest time that a timer can be set to, in milliseconds: a subscription that gets so old is ended, and
 * starts again.
 */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
