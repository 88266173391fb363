/**
 * Promise: the id that is derived from account and key never changes, differs from all others, and every
 * provider takes it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountKey } from '../../../src/refunds/ids.ts';
import { derivedRefundId } from '../../../src/services/submission/derived-id.ts';

test('is the same in every version of this program: money hangs on it', () => {
  expect(derivedRefundId(accountKey('chain'), 'order-1002')).toBe('k1tvramf7vt41r9hqieatsv3c9an919l');
  expect(derivedRefundId(accountKey('library'), 'order-1002')).toBe('k1agbvvbtikld6ve5q653t1j3krndj89');
  expect(derivedRefundId(accountKey('chain'), '订单 1002 \u{1f4d6}')).toBe('k13gbjnpd279h2qjhd0seq5ia1rertit');
});

test('is 32 letters and digits, one case, and another for another account or key', () => {
  const text = fc.string({ minLength: 1, maxLength: 255, unit: 'binary' });
  const call = fc.record({ account: text, key: text });
  fc.assert(
    fc.property(call, call, (one, other) => {
      const [id, otherId] = [one, other].map(({ account, key }) => derivedRefundId(accountKey(account), key));
      expect(id).toMatch(/^k1[0-9a-v]{30}$/);
      expect(id === otherId).toBe(one.account === other.account && one.key === other.key);
    }),
  );
});

test('does not mix up where the account ends and the key begins', () => {
  const parts = [
    ['a', 'b:c'],
    ['a:b', 'c'],
    ['a","b', 'c'],
    ['a', 'b","c'],
    ['ab', 'c'],
    ['a', 'bc'],
  ] as const;
  expect(new Set(parts.map(([account, key]) => derivedRefundId(accountKey(account), key))).size).toBe(parts.length);
});
