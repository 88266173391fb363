/** A merchant of the sandbox: signs and sends as the providers' pages say, and says what came back. */
import { afterEach } from 'vitest';
import { z } from 'zod';
import './folder.ts';
import { signBluePay } from '../../../src/sandbox/bluepay/signature.ts';
import type { ProviderName } from '../../../src/sandbox/model.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/sandbox.ts';
import { signShoutu } from '../../../src/sandbox/shoutu/signature.ts';
import { queryJson, signTiPay } from '../../../src/sandbox/tipay/signature.ts';

const SHOUTU = '/jiafulai/paymentgateway/api/refund';

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox for one test, closed after it. Life stands still unless asked for. */
export async function sandboxFor(options: SandboxOptions = {}): Promise<Sandbox> {
  const still = { processingAfterMs: Infinity, doneAfterMs: Infinity };
  const sandbox = await startSandbox({ life: still, refundsPerProvider: 30, ...options });
  running.push(sandbox);
  return sandbox;
}

/** A member of a provider's account: an id, a key or a secret. */
export function ofAccount({ config }: Pick<Sandbox, 'config'>, provider: ProviderName, member: string): string {
  const value = config.accounts.find((account) => account.provider === provider)?.[member];
  if (value === undefined) throw new Error(`The account of ${provider} has no ${member}`);
  return value;
}

/** What a merchant needs to know of a sandbox. */
export type Reached = Pick<Sandbox, 'config' | 'urls'>;

export type Members = Readonly<Record<string, unknown>>;

/** Sends text and reads JSON. */
export async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return answer.json();
}

/** Calls Shoutu; `members` may override what is common to every call. */
export function shoutu(sandbox: Reached, path: 'querylist' | 'refundOrder', members: Members): Promise<unknown> {
  const own = (member: string): string => ofAccount(sandbox, 'SHOUTU', member);
  const [appId, tenantId, secret] = [own('appId'), own('tenantId'), own('secret')];
  const body = { reqTime: String(Date.now()), appId, tenantId, ...members };
  return post(`${sandbox.urls.SHOUTU}${SHOUTU}/${path}`, JSON.stringify({ sign: signShoutu(body, secret), ...body }));
}

/** Calls BluePay. */
export function bluePay(
  sandbox: Reached,
  path: 'payment/refund' | 'refund/payments',
  members: Members,
): Promise<unknown> {
  const [appId, privateKey] = [ofAccount(sandbox, 'BLUEPAY', 'appId'), ofAccount(sandbox, 'BLUEPAY', 'privateKey')];
  const param = JSON.stringify({ timestamp: Date.now(), ...members });
  const sign = signBluePay(param, privateKey);
  return post(`${sandbox.urls.BLUEPAY}/open-api/${path}`, JSON.stringify({ appId, param, sign }));
}

function tiPayHeaders(sandbox: Reached, paramsJson: string): Record<string, string> {
  const [appId, appKey] = [ofAccount(sandbox, 'TIPAY', 'appId'), ofAccount(sandbox, 'TIPAY', 'appKey')];
  const timestamp = String(Date.now());
  return { 'ti-appid': appId, 'ti-timestamp': timestamp, 'ti-signature': signTiPay(paramsJson, timestamp, appKey) };
}

/** Asks TiPay; headers may be overridden. */
export async function tiPayQuery(
  sandbox: Reached,
  members: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const merchantNo = ofAccount(sandbox, 'TIPAY', 'merchantNo');
  const search = new URLSearchParams({ merchantNo, ...members }).toString();
  const url = `${sandbox.urls.TIPAY}/api/v1/yb/trade/query?${search}`;
  const answer = await fetch(url, { headers: { ...tiPayHeaders(sandbox, queryJson(search)), ...headers } });
  return answer.json();
}

/** Submits a refund to TiPay; headers may be overridden. */
export function tiPayCreate(
  sandbox: Reached,
  members: Members,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const merchantNo = ofAccount(sandbox, 'TIPAY', 'merchantNo');
  const body = JSON.stringify({ merchantNo, ...members });
  return post(`${sandbox.urls.TIPAY}/api/v1/yb/trade/refund`, body, { ...tiPayHeaders(sandbox, body), ...headers });
}

/** Calls the control server; throws its sentence when it says no. */
export async function control(sandbox: Reached, path: string, body?: Members): Promise<unknown> {
  const given = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${sandbox.urls.control}${path}`, given);
  const value: unknown = await answer.json();
  if (!answer.ok) throw new Error(z.object({ error: z.string() }).parse(value).error);
  return value;
}

const codeOf = z.looseObject({ code: z.union([z.string(), z.number()]) });
/** The provider's outer code of an answer. */
export const code = (answer: unknown): string | number => codeOf.parse(answer).code;

export const shoutuPage = z.strictObject({
  code: z.literal('0'),
  msg: z.string(),
  data: z.strictObject({
    records: z.array(z.record(z.string(), z.string())),
    total: z.string(),
    size: z.string(),
    current: z.string(),
  }),
});
