/** `GET /export/refunds.csv`: what `refunds` would list, as the ledger knows it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { senderOf } from '../../callbacks/sender.ts';
import type { Clock, NewId } from '../../flow/clock.ts';
import { badInput, forbidden } from '../../graphql/errors.ts';
import { loadPaymentIds } from '../../graphql/loaders.ts';
import { readListing } from '../../graphql/refund/listing.ts';
import type { Services } from '../../graphql/services.ts';
import type { Bills } from '../../ledger/bills.ts';
import type { Tell } from '../../operator/event.ts';
import { refusal } from '../authenticate.ts';
import { createMaskError } from '../errors/masking.ts';
import { formatted, withCode } from '../errors/public-error.ts';
import { KeysUnavailableError, UnauthenticatedError, type Identify } from '../identity.ts';
import { createAdmission } from '../limits/admission.ts';
import { billOf, rateLimited } from '../limits/bill.ts';
import type { RouteHandler } from '../server.ts';
import { sendFile } from './send-file.ts';

/** Files that are sent at once, of one caller and in all: each reads the ledger without a rest. */
const MOST_OF_CALLER = 2;
const MOST = 6;
/** When a caller may come again who has too many, in seconds. */
const COME_AGAIN_S = 30;

/** Makes the route. */
export function createRefundExport(parts: {
  readonly schema: GraphQLSchema;
  readonly services: Pick<Services, 'accounts' | 'exportPages' | 'paymentIds'>;
  readonly identify: Identify;
  readonly bills: Bills;
  readonly isTrustedProxy: (address: string) => boolean;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly tell: Tell;
}): RouteHandler {
  const { schema, services, identify, bills, isTrustedProxy, tell } = parts;
  const maskError = createMaskError(tell, parts.newId);
  /** Of each caller, by its bill. */
  const admission = createAdmission({ inAll: MOST, of: () => MOST_OF_CALLER });

  /** Throws what a caller is told who has used up its minute, or has too many files under way. */
  function admit(bill: string) {
    const over = bills.usedUp(bill);
    if (over !== null) {
      tell({ kind: 'caller-refused', what: over.what });
      throw rateLimited(over);
    }
    const admitted = admission.admit(bill);
    if ('leave' in admitted) return admitted;
    tell({ kind: 'caller-refused', what: 'exports' });
    throw new GraphQLError(`Too many files are being sent; come again in ${COME_AGAIN_S} s.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter: COME_AGAIN_S },
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const caller = await identify(request.headers.authorization ?? null);
    if (!caller.may('refunds:read')) throw forbidden('The token lacks the scope refunds:read.');
    const { bom, ...listing } = parametersOf(request);
    const bill = billOf({ caller, address: senderOf(request, isTrustedProxy) ?? '' });
    const { leave } = admit(bill);
    try {
      const accounts = [...services.accounts.values()].filter(({ key }) => caller.sees(key));
      const asked = await readListing(schema, listing, { accounts, loaders: { paymentIds: loadPaymentIds(services) } });
      const name = `refunds-${parts.clock().toISOString().slice(0, 10)}.csv`;
      const file = { name, withByteOrderMark: bom !== 'no', pages: services.exportPages(asked) };
      const { rows, whole, error } = await sendFile({ request, response }, file, { bills, caller: bill });
      tell({ kind: 'refunds-exported', rows, whole, ...caller.actor });
      // The log gets the reason; nobody can be answered any more.
      if (error !== null) maskError(error);
    } finally {
      leave();
    }
  }

  /** An error as its caller is told it. */
  function told(error: unknown): GraphQLError {
    if (!(error instanceof UnauthenticatedError || error instanceof KeysUnavailableError)) return maskError(error);
    const { code, message } = refusal(error, tell);
    return new GraphQLError(message, { extensions: { code, ...(code === 'UNAVAILABLE' && { retryAfter: 5 }) } });
  }

  return async (request, response) => {
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      return refuse(response, new GraphQLError('Only GET.', { extensions: { code: 'METHOD_NOT_ALLOWED' } }));
    }
    return answer(request, response).catch((error: unknown) => refuse(response, told(error)));
  };
}

/** A parameter that is not known would be a filter that lets everything through: it is refused. */
function parametersOf({ url = '' }: IncomingMessage) {
  const given = new URL(url, 'http://localhost').searchParams;
  for (const name of given.keys()) {
    if (!['filter', 'orderBy', 'bom'].includes(name)) throw badInput('Expected filter, orderBy and bom.', name);
    if (given.getAll(name).length > 1) throw badInput(`${name}: expected once.`, name);
  }
  const bom = given.get('bom') ?? 'yes';
  if (bom !== 'yes' && bom !== 'no') throw badInput('bom: expected yes or no.', 'bom');
  return { filter: given.get('filter'), orderBy: given.get('orderBy'), bom };
}

const STATUS: ReadonlyMap<unknown, number> = new Map([
  ['BAD_USER_INPUT', 400],
  ['UNAUTHENTICATED', 401],
  ['FORBIDDEN', 403],
  ['METHOD_NOT_ALLOWED', 405],
  ['RATE_LIMITED', 429],
  ['UNAVAILABLE', 503],
]);

function refuse(response: ServerResponse, error: GraphQLError): void {
  const { code, retryAfter } = error.extensions;
  const status = STATUS.get(code) ?? 500;
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (typeof retryAfter === 'number') response.setHeader('retry-after', retryAfter);
  const body = JSON.stringify({ errors: [formatted(withCode(error, 'BAD_USER_INPUT'))] });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
