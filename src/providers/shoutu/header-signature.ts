/**
 * The header signature of the gateway's OpenAPI route: names and forms are public (P), how lk-sign is made is not. The operator
 * writes the text that is hashed into the settings, once the library has told the rule.
 */
import { createHash } from 'node:crypto';
import { formatWallTime } from '../../refunds/wall-time.ts';
import type { WingParts } from '../wing.ts';
import type { HeaderSignature } from './settings.ts';

type Source = Pick<WingParts, 'clock' | 'random'> & { readonly timeZone: string };

/** The four headers of a call: lk-sign is the MD5 of the setting's text in lower-case hex, as the samples look. */
export function headerSignature({ appId, secret, text }: HeaderSignature, body: string, source: Source) {
  const time = formatWallTime(source.clock(), source.timeZone);
  const nonce = Array.from({ length: 32 }, () => Math.floor(source.random() * 16).toString(16)).join('');
  const values: Readonly<Record<string, string>> = { appId, time, nonce, body, secret };
  const filled = text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  const sign = createHash('md5').update(filled, 'utf8').digest('hex');
  return { 'lk-appid': appId, 'lk-time': time, 'lk-nonce': nonce, 'lk-sign': sign };
}
