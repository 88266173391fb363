/**
 * BluePay and TiPay on loopback, whose answers a test bends: each refund is known by its payment, and has the
 * text that it is answered with.
 */
import { gzipSync } from 'node:zlib';
import { AMOUNTS, INNER_JSON, TIMES, WORDS } from './bends.ts';
import { json, startStub, type StubRequest, type StubServer } from './stub-server.ts';

/** The wall time of all records, and its instant. */
export const WALL_TIME = '2024-07-31 16:26:46';
export const INSTANT = '2024-07-31T08:26:46Z';

/** An HTTP answer. */
export interface Wire {
  readonly body: string | Buffer;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refund as one provider writes it, and how its answers and callbacks are put together. */
export interface Shape {
  readonly account: 'blue' | 'chain';
  readonly currency: string;
  readonly paymentKey: 'providerPaymentId' | 'merchantPaymentId';
  readonly createPath: string;
  /** What the query has of a refund of 1.00 that has ended well. */
  readonly record: (id: string, payment: string) => Readonly<Record<string, unknown>>;
  /** What a create is answered with. */
  readonly created: (id: string, payment: string) => Readonly<Record<string, unknown>>;
  /** A yes around records, of which the first may be bent. */
  readonly yes: (...records: readonly string[]) => string;
  /** The answer's own members around the data, which stand in it as an object. */
  readonly envelope: (data: unknown) => Readonly<Record<string, unknown>>;
  /** Other values of the envelope's members. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** What stands in the envelope's members where it says yes. */
  readonly good: Readonly<Record<string, readonly string[]>>;
  /** What, in the envelope, means that there is no refund. */
  readonly noneSaid: readonly string[];
  readonly notThere: string;
  /** A no of its own. */
  readonly refusal: Readonly<Record<string, unknown>>;
  /** The payment and the refund that a request is about. A query at BluePay names no refund. */
  readonly asked: (request: StubRequest) => { readonly payment: string; readonly id: string };
  /** The members that say which refund a record is of. */
  readonly ids: readonly string[];
  /** Those without which it is of no refund. */
  readonly keys: readonly string[];
  readonly amounts: readonly string[];
  readonly times: readonly string[];
  /** Members that are JSON as a text. */
  readonly texts: readonly string[];
  readonly status: string;
  readonly statuses: ReadonlyMap<string, string>;
  /** What may stand in the place of a record and means that there is none. */
  readonly none: string | null;
  /** A spelling of an amount as major units: what it is worth where it can be read at all. */
  readonly minorDigits: number;
}

const param = ({ body }: StubRequest) => JSON.parse(JSON.parse(body).param);

export const BLUE: Shape = {
  account: 'blue',
  currency: 'THB',
  paymentKey: 'providerPaymentId',
  createPath: '/open-api/payment/refund',
  record: (id, payment) => ({
    mchRefundOrderId: id,
    originalTransactionId: payment,
    refundTransactionId: `T${id}`,
    refundAmount: 100,
    feeRefunded: 0,
    refundStatus: 'COMPLETED',
    refundCreateTime: WALL_TIME,
    refundReturnTime: WALL_TIME,
    failedCode: -10010,
    failedMessage: 'none',
    refundReason: 'why',
  }),
  created: (id) => ({
    mchRefundOrderId: id,
    refundTransactionId: `T${id}`,
    refundAmount: 100,
    refundStatus: 'PENDING',
    refundCreateTime: WALL_TIME,
  }),
  yes: (...records) => `{"code":10000,"message":"Success","data":[${records.join(',')}]}`,
  envelope: (data) => ({ code: 10000, message: 'Success', data }),
  codes: {
    code: [
      '"10000"',
      '10000.0',
      '1e4',
      '"SUCCESS"',
      '21006',
      '21000',
      '21001',
      '21002',
      '21407',
      '21402',
      '99999',
      '200',
    ],
  },
  good: { code: ['10000'] },
  noneSaid: ['code: 21006', 'data: []'],
  refusal: { code: 21402, message: 'refunds are not allowed' },
  notThere: '{"code":21006,"message":"transaction not found"}',
  asked: (request) => ({
    payment: param(request).originalTransactionId ?? '',
    id: param(request).mchRefundOrderId ?? '',
  }),
  ids: ['mchRefundOrderId', 'originalTransactionId', 'refundTransactionId'],
  keys: ['mchRefundOrderId', 'originalTransactionId', 'refundTransactionId'],
  amounts: ['refundAmount', 'feeRefunded'],
  times: ['refundCreateTime', 'refundReturnTime'],
  texts: [],
  status: 'refundStatus',
  statuses: new Map(
    Object.entries({
      PENDING: 'PROCESSING',
      COMPLETED: 'SUCCEEDED',
      COMPLETE: 'SUCCEEDED',
      FAILED: 'FAILED',
      CANCEL: 'CANCELED',
    }),
  ),
  none: null,
  minorDigits: 2,
};

const MERCHANT = '10012426723';

export const CHAIN: Shape = {
  account: 'chain',
  currency: 'CNY',
  paymentKey: 'merchantPaymentId',
  createPath: '/api/v1/yb/trade/refund',
  record: (id, payment) => ({
    code: 'OPR00000',
    message: '成功',
    merchantNo: MERCHANT,
    orderId: payment,
    refundRequestId: id,
    uniqueOrderNo: `O${payment}`,
    uniqueRefundNo: `T${id}`,
    refundAmount: '1.00',
    returnMerchantFee: '0.00',
    status: 'SUCCESS',
    description: 'why',
    refundRequestDate: WALL_TIME,
    refundSuccessDate: WALL_TIME,
    failReason: '',
    realRefundAmount: '1.00',
    cashRefundFee: '1.00',
    refundAccountDetail: '[{"accountType":"SETTLE_ACCOUNT","debitAmount":1.00}]',
    channelReceiverInfo: '[{"receiverType":"A"}]',
  }),
  created: (id, payment) => ({
    code: 'OPR00000',
    message: '成功',
    merchantNo: MERCHANT,
    orderId: payment,
    refundRequestId: id,
    uniqueRefundNo: `T${id}`,
    status: 'PROCESSING',
    refundAmount: '1.00',
    refundRequestDate: WALL_TIME,
    refundAccountDetail: '[{"accountType":"SETTLE_ACCOUNT","debitAmount":1.00}]',
  }),
  yes: (record = 'null') => `{"code":200,"success":true,"data":${record},"msg":"操作成功"}`,
  envelope: (data) => ({ code: 200, success: true, data, msg: '操作成功' }),
  codes: {
    code: ['"200"', '200.0', '2e2', '"SUCCESS"', '404', '"404"', '400', '401', '422', '500', '10000'],
    success: ['"true"', '1', '"false"'],
  },
  good: { code: ['200'], success: ['true'] },
  noneSaid: ['code: 404', 'code: "404"', 'data: null', 'data twice, null last'],
  refusal: { code: 422, success: false, data: null, msg: '余额不足' },
  notThere: '{"code":404,"success":false,"msg":"不存在","data":null}',
  asked: ({ method, path, body }) => {
    const query = new URLSearchParams(path.split('?')[1]);
    if (method === 'GET') return { payment: query.get('orderId') ?? '', id: query.get('refundRequestId') ?? '' };
    return { payment: JSON.parse(body).orderId, id: JSON.parse(body).refundRequestId };
  },
  ids: ['merchantNo', 'orderId', 'refundRequestId', 'uniqueOrderNo', 'uniqueRefundNo'],
  keys: ['merchantNo', 'orderId', 'refundRequestId'],
  amounts: ['refundAmount', 'returnMerchantFee', 'realRefundAmount', 'cashRefundFee'],
  times: ['refundRequestDate', 'refundSuccessDate'],
  texts: ['refundAccountDetail', 'channelReceiverInfo'],
  status: 'status',
  statuses: new Map(
    Object.entries({
      PROCESSING: 'PROCESSING',
      SUCCESS: 'SUCCEEDED',
      FAILED: 'FAILED',
      CANCEL: 'CANCELED',
      SUSPEND: 'PROCESSING',
      REJECT: 'FAILED',
    }),
  ),
  none: 'null',
  minorDigits: 0,
};

/** Other spellings of single members of a record. */
export const spellingsFor = ({ amounts, times, texts, status }: Shape): Record<string, readonly string[]> =>
  Object.fromEntries([
    ...amounts.map((name) => [name, AMOUNTS] as const),
    ...times.map((name) => [name, TIMES] as const),
    ...texts.map((name) => [name, INNER_JSON] as const),
    [status, WORDS] as const,
  ]);

/** What a JSON text is worth in major units, if it is a number at all; white space around it apart. */
export function worth(source: string | null, minorDigits: number): string | null {
  const text = (source ?? '').replace(/^"(.*)"$/su, '$1').trim();
  const [, whole, fraction = '', exponent = '0'] =
    /^(?:\+|-(?=[0.]+$))?(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (whole === undefined || Math.abs(Number(exponent)) > 50) return null;
  const places = fraction.length - Number(exponent) + minorDigits;
  const digits = `${whole}${fraction}${'0'.repeat(Math.max(0, 2 - places))}`.padStart(places + 1, '0');
  const cut = digits.length - Math.max(2, places);
  const [major, minor] = [digits.slice(0, cut) || '0', digits.slice(cut)];
  return /^\d\d0*$/.test(minor) ? `${BigInt(major)}.${minor.slice(0, 2)}` : null;
}

const STATUSES = [200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 500, 502, 503];

/** Answers that HTTP bends. `isYes`: the provider's yes, as HTTP 2xx; `mayBeYes`: it may have been one. */
export function wires(yes: string, no: string): readonly (Wire & { readonly name: string; readonly isYes: boolean })[] {
  const bodies: readonly (readonly [string, string | Buffer])[] = [
    ['a yes', yes],
    ['a no', no],
    ['a page', '<html><body>Bad Gateway</body></html>'],
    ['nothing', ''],
    ['an empty object', '{}'],
    ['another envelope', '{"status":"ok","result":{"id":1}}'],
  ];
  const encoded = (encoding: string) => ({ 'content-encoding': encoding });
  return [
    ...STATUSES.flatMap((status) =>
      bodies.map(([what, body]) => ({
        name: `HTTP ${status}, ${what}`,
        status,
        body,
        isYes: what === 'a yes' && status <= 201,
      })),
    ),
    { name: 'a byte order mark', body: `\ufeff${yes}`, isYes: true },
    { name: 'white space around', body: `\r\n  ${yes}\n`, isYes: true },
    { name: 'called text', body: yes, headers: { 'content-type': 'text/html;charset=UTF-8' }, isYes: true },
    { name: 'gzip', body: gzipSync(yes), headers: encoded('gzip'), isYes: true },
    { name: 'gzip in name only', body: yes, headers: encoded('gzip'), isYes: false },
    { name: 'an encoding that nobody asked for', body: yes, headers: encoded('zstd'), isYes: false },
    { name: 'cut off', body: yes.slice(0, -3), isYes: false },
    { name: 'twice', body: yes + yes, isYes: false },
    { name: 'in brackets', body: `[${yes}]`, isYes: false },
    { name: 'as a text', body: JSON.stringify(yes), isYes: false },
    {
      name: 'not UTF-8',
      body: Buffer.concat([Buffer.from(yes.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]),
      isYes: false,
    },
    { name: 'null', body: 'null', isYes: false },
    { name: 'deep', body: `${'['.repeat(5_000)}${']'.repeat(5_000)}`, isYes: false },
    { name: 'huge', body: `{"a":"${'x'.repeat(12_000_000)}"}`, isYes: false },
  ];
}

export interface BentProvider {
  readonly shape: Shape;
  readonly url: string;
  /** What queries about a payment are answered with; else the true records of what was made. */
  readonly queries: Map<string, Wire>;
  /** What the create of a payment is answered with, given the id that was sent; else a yes. */
  readonly creates: Map<string, (id: string) => Wire>;
  /** The ids of all creates, by payment. */
  readonly sent: Map<string, string[]>;
  /** Payments whose refunds queries deny. */
  readonly denied: Set<string>;
  /** How often each payment was asked about. */
  readonly questions: Map<string, number>;
  readonly close: StubServer['close'];
}

/** Starts one on a free port. */
export async function startBentProvider(shape: Shape): Promise<BentProvider> {
  const stub = await startStub();
  const provider: BentProvider = {
    shape,
    url: stub.url,
    queries: new Map(),
    creates: new Map(),
    sent: new Map(),
    denied: new Set(),
    questions: new Map(),
    close: stub.close,
  };
  const { queries, creates, sent, denied, questions } = provider;

  function answerTo(request: StubRequest): Wire {
    const { payment, id } = shape.asked(request);
    if (request.path.startsWith(shape.createPath)) {
      sent.set(payment, [...(sent.get(payment) ?? []), id]);
      const created = JSON.stringify(shape.created(id, payment));
      const yes = { body: JSON.stringify(shape.envelope(JSON.parse(created))) };
      return creates.get(payment)?.(id) ?? yes;
    }
    questions.set(payment, (questions.get(payment) ?? 0) + 1);
    const bent = queries.get(payment);
    if (bent !== undefined) return bent;
    const [made] = sent.get(payment) ?? [];
    if (made === undefined || denied.has(payment)) return { body: shape.notThere };
    return { body: shape.yes(JSON.stringify(shape.record(made, payment))) };
  }

  stub.always((response, request, socket) => {
    const { body, status = 200, headers = {} } = answerTo(request);
    if (typeof body === 'string' && Object.keys(headers).length === 0)
      return json(body, status)(response, request, socket);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return provider;
}
