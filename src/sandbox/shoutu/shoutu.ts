/** Shoutu 首图支付网关, simulated from its page. */
import { z } from 'zod';
import type { Answer, ProviderRequest, RefusalAsked, Simulation, WorldWith } from '../simulation.ts';
import { Refusal } from '../simulation.ts';
import { explain, parseJson } from '../parse.ts';
import { isFresh } from '../time.ts';
import { INVALID, REFUSED, SUCCESS } from './codes.ts';
import { ONE_IN_FLIGHT, shoutuCreate } from './create.ts';
import type { ShoutuKeys } from './keys.ts';
import { shoutuPage, TIES_MOVE } from './list.ts';
import { shownRecord } from './record.ts';
import { fitsShoutu, signShoutu } from './signature.ts';

const BASE = '/jiafulai/paymentgateway/api/refund';

const common = z.looseObject({
  reqTime: z.string().regex(/^\d{13}$/, 'expected 13 digits'),
  appId: z.string(),
  sign: z.string(),
  tenantId: z.string(),
});

/** What every call must carry, checked before anything else is read. */
function checked(body: string, world: WorldWith<ShoutuKeys>): object {
  const read = common.safeParse(parseJson(body));
  if (!read.success) throw new Refusal(INVALID, `参数有误: ${explain(read.error)}`);
  const { appId, tenantId, secret } = world.keys;
  if (read.data.appId !== appId) throw new Refusal(REFUSED, '应用不存在');
  if (read.data.tenantId !== tenantId) throw new Refusal(REFUSED, '租客不存在');
  if (!fitsShoutu(read.data, read.data.sign, secret)) throw new Refusal(REFUSED, '验签失败');
  if (!isFresh(Number(read.data.reqTime), world.now())) throw new Refusal(REFUSED, '请求时间已过期');
  return read.data;
}

/** A form has text only: a member that the control server made a number is its digits. */
const textMembers = z.record(
  z.string(),
  z.json().transform((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
);

const no = (code: string, msg: string): Answer => ({ body: JSON.stringify({ code, msg, data: null }) });

/** The simulated gateway over a world. */
export function simulateShoutu(world: WorldWith<ShoutuKeys>): Simulation {
  const { appId, secret } = world.keys;
  async function answer({ operation, body }: ProviderRequest): Promise<Answer> {
    try {
      const asked = checked(body, world);
      const data = operation === 'create' ? await shoutuCreate(asked, world) : shoutuPage(asked, world);
      return { body: JSON.stringify({ code: SUCCESS, msg: 'SUCCESS', data }) };
    } catch (error) {
      if (error instanceof Refusal) return no(error.code, error.message);
      throw error;
    }
  }
  return {
    provider: 'SHOUTU',
    routes: [
      { operation: 'list', method: 'POST', path: `${BASE}/querylist` },
      { operation: 'create', method: 'POST', path: `${BASE}/refundOrder` },
    ],
    answer,
    refusal: ({ code, message = '业务处理失败', isInner }: RefusalAsked) => (isInner ? null : no(code, message)),
    callbackContent: (refund, payment) => JSON.stringify(shownRecord(refund, payment, appId)),
    envelope(content) {
      const members = { ...textMembers.parse(parseJson(content)), reqTime: String(world.now()) };
      const form = new URLSearchParams({ ...members, sign: signShoutu(members, secret) });
      return { contentType: 'application/x-www-form-urlencoded', body: form.toString() };
    },
    acknowledged: (body) => body === 'SUCCESS',
    callbackAttempts: 7,
    words: {
      INIT: 'PENDING',
      REFUNDING: 'PROCESSING',
      SUCCESS: 'SUCCEEDED',
      FAIL: 'FAILED',
      CLOSED: 'CANCELED',
    },
    quirks: {
      [ONE_IN_FLIGHT]: 'takes one unfinished refund of a payment; another is refused with 9999 and 在途退款',
      [TIES_MOVE]: 'obeys the first order only, and gives rows of one second in another order at each question',
    },
  };
}
