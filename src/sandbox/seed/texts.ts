/** Words for the seed refunds: why money was given back, as people write it. */

type Texts = readonly [string, ...string[]];
type Failures = readonly [Failure, ...Failure[]];
interface Failure {
  readonly code: string;
  readonly message: string;
}

export const CHINESE_REASONS: Texts = [
  '读者押金退还',
  '读者证注销,押金退回',
  '讲座取消,票款退回',
  '重复缴费',
  '古籍复制服务未完成,部分退款',
  '活动改期,读者申请退款',
  '文创商品质量问题',
  '座位预约超时自动退款',
  '',
];

export const TIPAY_REASONS: Texts = [
  '用户申请退货并退款',
  '数字藏品发行取消',
  '重复支付,退回一笔',
  '库存不足,系统自动退款',
  '商家协商一致退款 / agreed with the buyer',
  '价格保护退差价',
  '订单超时未发货',
];

export const THAI_REASONS: Texts = [
  'ลูกค้าขอคืนเงิน',
  'สินค้าชำรุดระหว่างขนส่ง',
  'ชำระเงินซ้ำ คืนเงินหนึ่งรายการ',
  'ยกเลิกการจองโรงแรม',
  'สินค้าหมด – คืนเงินบางส่วน',
  'ได้รับสินค้าผิดสี (ขอเปลี่ยนแล้วไม่มี)',
  'Customer changed their mind ☂',
  '',
];

export const SHOUTU_FAILURES: Failures = [
  { code: 'USER_ACCOUNT_ABNORMAL', message: '用户账户异常,退款失败' },
  { code: 'NOTENOUGH', message: '商户可用退款余额不足' },
];

/** failedCode and failedMessage of BluePay's page; the same message goes by two codes there. */
export const BLUEPAY_FAILURES: Failures = [
  { code: '-10010', message: 'Channel Refund Failed' },
  { code: '-10009', message: 'Channel Refund Failed' },
  { code: '-10003', message: 'Insufficient balance' },
  { code: '-10005', message: 'Destination account error' },
];

export const TIPAY_FAILURES: Failures = [
  { code: 'OPR19999', message: '银行账户状态异常' },
  { code: 'OPR19999', message: '原卡已注销,请联系用户更换收款账户' },
];

export const BUSINESS_IDS: Texts = ['reader-deposit', 'lecture-2025', '古籍编目', 'shop', ''];
export const EXTENSIONS: Texts = ['', '', '{"readerNo":"R0031872","desk":"总馆-2F"}', '{"batch":17,"operator":"张伟"}'];
export const BRANCHES: Texts = ['', 'M1691231069-02', 'M1691231069-07'];
export const RECEIVERS: Texts = ['', '', '{"receiverType":"BANKCARD","bankName":"招商银行","cardTail":"6021"}'];
