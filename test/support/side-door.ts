/** A provider's callback through the side door, with the queue that the server has. */
import type { RefundObservation } from '../../src/refunds/observation.ts';
import { createReceiver, type Received } from '../../src/services/inbox/receive.ts';
import type { Scripted } from './scripted-provider.ts';
import type { Settling } from './settling.ts';

/** Has a provider tell something of a refund, with a signature that is believed. */
export function callBack({ parts }: Settling, at: Scripted, observation: RefundObservation): Promise<Received> {
  const receive = createReceiver({ ...parts, bucket: { take: () => true } });
  const body = Buffer.from(`${observation.merchantRefundId} ${observation.raw}`);
  const callbacks = {
    read: () => ({ kind: 'observation', observation, signed: body.toString(), doubt: null }) as const,
    shown: () => null,
    acknowledgement: { contentType: 'text/plain', body: 'ok' },
  };
  return receive(at.account, callbacks, {
    contentType: 'application/json',
    body,
    headers: {},
    remoteAddress: null,
    receivedAt: parts.clock(),
  });
}
