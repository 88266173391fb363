/**
 * A provider as a fourth one may be: ids in its paths, HTTP statuses that mean something, and an HMAC in a
 * header of each request, answer and callback.
 */
import { createHmac } from 'node:crypto';
import type { Answer, ProviderRequest, Simulation } from '../../../src/sandbox/simulation.ts';

const SECRET = 'rest-secret';

/** Hex HMAC over the parts, a line each. */
export const hmac = (...parts: readonly string[]): string =>
  createHmac('sha256', SECRET).update(parts.join('\n')).digest('hex');

const said = (status: number, value: object): Answer => {
  const body = JSON.stringify(value);
  return { status, headers: { 'x-signature': hmac(body) }, body };
};

/** It borrows the name of one that the list has. */
export const rest: Simulation = {
  provider: 'TIPAY',
  routes: [
    { operation: 'query', method: 'GET', path: '/payments/{payment}/refunds/{id}' },
    { operation: 'create', method: 'POST', path: '/payments/{payment}/refunds' },
  ],
  async answer({ method, path, search, headers, body, parameters }: ProviderRequest): Promise<Answer> {
    if (headers['x-signature'] !== hmac(method, path, search, body)) return said(401, { error: 'signature' });
    return parameters['id'] === 'none' ? said(404, { error: 'no such refund' }) : said(200, parameters);
  },
  refusal: ({ code }) => said(422, { code }),
  callbackContent: ({ merchantRefundId }) => JSON.stringify({ merchantRefundId }),
  envelope: (content) => ({
    contentType: 'application/json',
    headers: { 'x-signature': hmac(content), 'x-key-id': 'k1' },
    body: content,
  }),
  acknowledged: (body) => body === 'ok',
  callbackAttempts: 3,
  words: {},
  quirks: {},
};
