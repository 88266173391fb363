/** BluePay, simulated from its page. */
import { z } from 'zod';
import { parseJson } from '../parse.ts';
import type { Answer, ProviderRequest, Simulation, WorldWith } from '../simulation.ts';
import { Refusal } from '../simulation.ts';
import { isFresh } from '../time.ts';
import { CODES } from './codes.ts';
import { bluePayCreate } from './create.ts';
import type { BluePayKeys } from './keys.ts';
import { bluePayQuery } from './query.ts';
import { refuse } from './refuse.ts';
import { bluePayCallback } from './row.ts';
import { fitsBluePay, signBluePay } from './signature.ts';

const envelope = z.object({ appId: z.string(), param: z.string(), sign: z.string() });
const timed = z.looseObject({ timestamp: z.number().int().positive() });

/** Opens the envelope: a known application, a signature over the text as it came, then content and time. */
function opened(body: string, world: WorldWith<BluePayKeys>): unknown {
  const { appId, merchant } = world.keys;
  const read = envelope.safeParse(parseJson(body));
  if (!read.success) throw refuse(21002, read.error);
  if (read.data.appId !== appId) throw refuse(21003);
  if (!fitsBluePay(read.data.param, read.data.sign, merchant.publicKey)) throw refuse(21001);
  const param = parseJson(read.data.param);
  if (typeof param !== 'object' || param === null || Array.isArray(param)) throw refuse(21002);
  const time = timed.safeParse(param);
  if (!time.success) throw refuse(21009, time.error);
  if (!isFresh(time.data.timestamp, world.now())) throw refuse(21008);
  return param;
}

const no = (code: string, message: string): Answer => ({ body: JSON.stringify({ code: Number(code), message }) });

/** The simulated platform over a world. */
export function simulateBluePay(world: WorldWith<BluePayKeys>): Simulation {
  async function answer({ operation, body }: ProviderRequest): Promise<Answer> {
    try {
      const param = opened(body, world);
      const data = operation === 'create' ? await bluePayCreate(param, world) : bluePayQuery(param, world);
      return { body: JSON.stringify({ code: 10000, message: CODES[10000], data }) };
    } catch (error) {
      if (error instanceof Refusal) return no(error.code, error.message);
      throw error;
    }
  }
  return {
    provider: 'BLUEPAY',
    routes: [
      { operation: 'create', method: 'POST', path: '/open-api/payment/refund' },
      { operation: 'query', method: 'POST', path: '/open-api/refund/payments' },
    ],
    answer,
    refusal({ code, message, isInner }) {
      if (isInner || !/^\d{1,6}$/.test(code)) return null;
      const own = Object.entries(CODES).find(([known]) => known === code)?.[1];
      return no(code, message ?? own ?? 'Refused by the control server');
    },
    callbackContent: bluePayCallback,
    envelope: (param) => ({
      contentType: 'application/json',
      body: JSON.stringify({ param, sign: signBluePay(param, world.keys.platform.privateKey) }),
    }),
    acknowledged: (body) => z.object({ code: z.literal(10000) }).safeParse(parseJson(body)).success,
    callbackAttempts: 20,
    words: { COMPLETED: 'SUCCEEDED', COMPLETE: 'SUCCEEDED', CANCEL: 'CANCELED', CANCELLED: 'CANCELED' },
    quirks: {},
  };
}
