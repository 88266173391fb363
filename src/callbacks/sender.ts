/** Who sends a request: the connection's other end, or whom trusted proxies name. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** A set of addresses. */
export type Addresses = (address: string) => boolean;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The set of these addresses and CIDR ranges, which were checked to be such. */
export function addressesIn(ranges: readonly string[]): Addresses {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => list.check(address, familyOf(address));
}

/** `::ffff:10.0.0.1` is how a socket that takes both families names an IPv4 address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** An entry of X-Forwarded-For as an address: some proxies add a port. Null when it is none. */
function entryAddress(entry: string): string | null {
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+)(?::\d+)?)$/.exec(entry) ?? [];
  const address = plain(bracketed ?? dotted ?? entry);
  return isIP(address) === 0 ? null : address;
}

/**
 * The address of the sender. X-Forwarded-For is read from its end, as long as trusted proxies wrote it. The
 * first address that is no trusted proxy's is the sender; what stands before it can be forged. Null when it
 * can't be told.
 */
export function senderOf({ socket, headers }: IncomingMessage, isTrusted: Addresses): string | null {
  let sender = plain(socket.remoteAddress ?? '');
  if (isIP(sender) === 0) return null;
  const header = headers['x-forwarded-for'] ?? '';
  const hops = (Array.isArray(header) ? header.join(',') : header).split(',').map((entry) => entry.trim());
  for (const hop of hops.filter((entry) => entry !== '').toReversed()) {
    if (!isTrusted(sender)) return sender;
    const address = entryAddress(hop);
    if (address === null) return null;
    sender = address;
  }
  return sender;
}
