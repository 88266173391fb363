/** Names and addresses of this machine, which no other can reach. */
import { isIP } from 'node:net';

/** Whether a name or an address, without brackets, leads to this machine alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** The name or the address that a URL leads to: an IPv6 address without its brackets. Empty: it is no URL. */
export const hostIn = (url: string): string => URL.parse(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
