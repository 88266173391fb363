import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRsaKey, rsaKeySetting, signText, verifyText, RSA_HASHES } from '../../../src/providers/wire/rsa.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'spki'): string =>
  key.export({ format: 'pem', type }).toString();
const bare = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'spki'): string =>
  key.export({ format: 'der', type }).toString('base64');

const PRIVATE = { 'PKCS#8': 'pkcs8', 'PKCS#1': 'pkcs1' } as const;
const PUBLIC = { SPKI: 'spki', 'PKCS#1': 'pkcs1' } as const;

describe('keys that are read', () => {
  for (const [name, type] of Object.entries(PRIVATE)) {
    it.each([
      [`${name} as PEM`, pem(privateKey, type)],
      [`${name} as PEM with \\n in one line`, pem(privateKey, type).replaceAll('\n', '\\n')],
      [`${name} as bare Base64`, bare(privateKey, type)],
      [`${name} as Base64 over several lines`, bare(privateKey, type).replaceAll(/(.{64})/g, '$1\r\n')],
    ])('private %s', (_, text) => {
      const key = readRsaKey(text, 'private');
      if (typeof key === 'string') throw new Error(key);
      expect(verifyText('text', signText('text', key, 'SHA256'), publicKey, 'SHA256')).toBe(true);
    });
  }
  for (const [name, type] of Object.entries(PUBLIC)) {
    it.each([
      [`${name} as PEM`, pem(publicKey, type)],
      [`${name} as bare Base64`, bare(publicKey, type)],
    ])('public %s', (_, text) => {
      const key = readRsaKey(text, 'public');
      if (typeof key === 'string') throw new Error(key);
      expect(key.equals(publicKey)).toBe(true);
    });
  }

  it('of any size', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(typeof readRsaKey(bare(small.privateKey, 'pkcs8'), 'private')).toBe('object');
  });
});

describe('keys that are refused, in a sentence without any of their text', () => {
  const good = bare(privateKey, 'pkcs8');
  const cases: readonly (readonly [string, string, 'private' | 'public', RegExp])[] = [
    ['nothing', '  ', 'private', /got nothing/],
    ['text', 'not-a-key-but-perhaps-a-password', 'private', /neither/],
    ['a key cut short', good.slice(0, -40), 'private', /neither/],
    ['a PEM cut short', pem(privateKey, 'pkcs8').slice(0, 400), 'private', /neither/],
    ['a public key for a private one', pem(publicKey, 'spki'), 'private', /label "PUBLIC KEY"/],
    ['a private key for a public one', pem(privateKey, 'pkcs8'), 'public', /label "PRIVATE KEY"/],
    ['a bare private key for a public one', good, 'public', /neither/],
    ['a bare public key for a private one', bare(publicKey, 'spki'), 'private', /neither/],
    ['a key of another algorithm', bare(curve.privateKey, 'pkcs8'), 'private', /another algorithm/],
    ['a public key of another algorithm', pem(curve.publicKey, 'spki'), 'public', /another algorithm/],
  ];
  it.each(cases)('%s', (_, text, kind, message) => {
    const problem = readRsaKey(text, kind);
    if (typeof problem !== 'string') throw new Error('the key was read');
    expect(problem).toMatch(message);
    expect(problem).toMatch(`RSA ${kind} key`);
    const body = text.replace(/-----BEGIN [A-Z ]+-----/, '').trim();
    for (let at = 0; at + 12 <= body.length; at += 12) expect(problem).not.toContain(body.slice(at, at + 12));
  });

  it('as an issue of the member that holds the key', () => {
    const settings = z.strictObject({ privateKey: rsaKeySetting('private') });
    const parsed = settings.safeParse({ privateKey: 'SECRET-TEXT' });
    expect(parsed.error?.issues).toMatchObject([{ path: ['privateKey'], code: 'custom' }]);
    expect(inspect(parsed.error, { depth: 9 })).not.toContain('SECRET-TEXT');
  });

  it('and a good one prints as nothing', () => {
    const parsed = z.strictObject({ privateKey: rsaKeySetting('private') }).parse({ privateKey: good });
    for (const text of [inspect(parsed, { depth: 9, showHidden: true }), JSON.stringify(parsed)]) {
      expect(text).not.toContain(good.slice(40, 60));
    }
  });
});

describe('signatures', () => {
  it.each(RSA_HASHES)('%s: what was signed verifies', (hash) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(verifyText(text, signText(text, privateKey, hash), publicKey, hash)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('fail when any byte of the text or of the signature changes', () => {
    const text = '{"refundAmount":10000,"refundReason":"退货 / return"}';
    const sign = signText(text, privateKey, 'SHA256');
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([at, by]) => {
        const bytes = Buffer.from(sign, 'base64');
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ by;
        expect(verifyText(text, bytes.toString('base64'), publicKey, 'SHA256')).toBe(false);
        const index = at % text.length;
        const changed = text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ by) + text.slice(index + 1);
        expect(verifyText(changed, sign, publicKey, 'SHA256')).toBe(false);
      }),
    );
  });

  it('fail under another key, another hash, and as text that is no Base64', () => {
    const sign = signText('text', privateKey, 'SHA256');
    expect(verifyText('text', sign, other, 'SHA256')).toBe(false);
    expect(verifyText('text', sign, publicKey, 'SHA1')).toBe(false);
    for (const bad of ['', 'no', `${sign}A`, sign.slice(0, -4), `${sign.slice(0, -1)}*`, `*${sign}`]) {
      expect(verifyText('text', bad, publicKey, 'SHA256')).toBe(false);
    }
  });

  it('never pass a text with a lone surrogate for the one that was signed', () => {
    const sign = signText('{"a":"\uFFFD"}', privateKey, 'SHA256');
    expect(verifyText('{"a":"\uFFFD"}', sign, publicKey, 'SHA256')).toBe(true);
    expect(verifyText('{"a":"\uD800"}', sign, publicKey, 'SHA256')).toBe(false);
  });

  it('hold for a public key taken from the private one', () => {
    expect(verifyText('x', signText('x', privateKey, 'SHA1'), createPublicKey(privateKey), 'SHA1')).toBe(true);
  });
});
