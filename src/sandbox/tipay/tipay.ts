/** TiPay 天河链, simulated from its page. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, ProviderRequest, Simulation, WorldWith } from '../simulation.ts';
import { Refusal } from '../simulation.ts';
import { isFresh } from '../time.ts';
import { INNER_OK, INVALID, OK, UNAUTHORISED } from './codes.ts';
import { tiPayCreate } from './create.ts';
import type { TiPayKeys } from './keys.ts';
import { tiPayQuery } from './query.ts';
import { tiPayCallback } from './row.ts';
import { fitsTiPay, queryJson, signTiPayCallback } from './signature.ts';

/** The three headers of every call: who, when, and the proof over all inputs of the call. */
function check(headers: IncomingHttpHeaders, paramsJson: string, world: WorldWith<TiPayKeys>): void {
  const { appId, appKey } = world.keys;
  const [id, timestamp, signature] = ['ti-appid', 'ti-timestamp', 'ti-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    throw new Refusal(INVALID, '缺少请求头 ti-appid, ti-timestamp 或 ti-signature');
  }
  if (id !== appId) throw new Refusal(UNAUTHORISED, 'ti-appid 不存在');
  if (!/^\d{13}$/.test(timestamp)) throw new Refusal(INVALID, 'ti-timestamp 格式不正确');
  if (!fitsTiPay({ paramsJson, timestamp, signature }, appKey)) throw new Refusal(UNAUTHORISED, '签名错误');
  if (!isFresh(Number(timestamp), world.now())) throw new Refusal(UNAUTHORISED, '请求已过期');
}

const no = (code: string, msg: string): Answer => ({
  body: JSON.stringify({ code: Number(code), success: false, data: null, msg }),
});

/** YeePay's no inside TiPay's yes. */
const innerNo = (code: string, message: string): Answer => ({
  body: JSON.stringify({ code: OK, success: true, data: { code, message }, msg: '操作成功' }),
});

/** The simulated platform over a world. */
export function simulateTiPay(world: WorldWith<TiPayKeys>): Simulation {
  async function answer({ operation, search, headers, body }: ProviderRequest): Promise<Answer> {
    try {
      check(headers, operation === 'create' ? body : queryJson(search), world);
      const data = operation === 'create' ? await tiPayCreate(body, world) : tiPayQuery(search, world);
      return { body: JSON.stringify({ code: OK, success: true, data: { ...INNER_OK, ...data }, msg: '操作成功' }) };
    } catch (error) {
      if (error instanceof Refusal) return no(error.code, error.message);
      throw error;
    }
  }
  return {
    provider: 'TIPAY',
    routes: [
      { operation: 'query', method: 'GET', path: '/api/v1/yb/trade/query' },
      { operation: 'create', method: 'POST', path: '/api/v1/yb/trade/refund' },
    ],
    answer,
    refusal({ code, message = '操作失败', isInner }) {
      if (isInner) return innerNo(code, message);
      return /^\d{1,6}$/.test(code) ? no(code, message) : null;
    },
    callbackContent: (refund, payment) => tiPayCallback(refund, payment, world.keys.merchantNo),
    envelope(response) {
      const sign = signTiPayCallback(response, world.keys.platform.privateKey);
      return {
        contentType: 'application/x-www-form-urlencoded',
        body: new URLSearchParams({ response, sign }).toString(),
      };
    },
    acknowledged: (body) => body === 'SUCCESS',
    callbackAttempts: 10,
    words: { SUCCESS: 'SUCCEEDED', CANCEL: 'CANCELED', SUSPEND: 'PROCESSING', REJECT: 'FAILED', REJECTIVE: 'FAILED' },
    quirks: {},
  };
}
