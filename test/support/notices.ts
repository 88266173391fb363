/** Callbacks as the three providers would write and sign them, by the sandbox's own signers. */
import { parseConfiguration } from '../../src/config/accounts.ts';
import { openAccount } from '../../src/providers/index.ts';
import type { ProviderAccount } from '../../src/providers/provider.ts';
import { bluePayCallback } from '../../src/sandbox/bluepay/row.ts';
import { signBluePay } from '../../src/sandbox/bluepay/signature.ts';
import { newBluePayKeys } from '../../src/sandbox/bluepay/keys.ts';
import { accountsOf, NOWHERE, type ProviderUrls, type SandboxConfig } from '../../src/sandbox/control/configuration.ts';
import { isEnd, type Payment, type ProviderName, type Refund, type Status } from '../../src/sandbox/model.ts';
import { openProviders } from '../../src/sandbox/providers.ts';
import { newShoutuKeys } from '../../src/sandbox/shoutu/keys.ts';
import { shoutuRecord } from '../../src/sandbox/shoutu/record.ts';
import { signShoutu } from '../../src/sandbox/shoutu/signature.ts';
import { newTiPayKeys } from '../../src/sandbox/tipay/keys.ts';
import { tiPayCallback } from '../../src/sandbox/tipay/row.ts';
import { signTiPayCallback } from '../../src/sandbox/tipay/signature.ts';

export type AccountName = 'library' | 'blue' | 'chain';
export const ACCOUNT_NAMES = ['library', 'blue', 'chain'] as const satisfies readonly AccountName[];
const PROVIDER_OF: Readonly<Record<AccountName, ProviderName>> = { library: 'SHOUTU', blue: 'BLUEPAY', chain: 'TIPAY' };

export interface Notice {
  readonly account: AccountName;
  readonly contentType: string;
  readonly body: string;
}

/** What a notice says; what is left out does not matter. */
export interface Said {
  readonly refund: string;
  readonly status: Status;
  /** Minor units; 1000. */
  readonly amount?: bigint;
  readonly payment?: string;
  readonly theirRefund?: string;
}

export interface Notifier {
  /**
   * The configuration file of the three accounts, at these addresses; where none is given no port is open.
   */
  readonly config: (urls?: Partial<ProviderUrls>) => SandboxConfig;
  readonly accounts: () => ReadonlyMap<AccountName, ProviderAccount>;
  /** Null: the provider sends none about such a state. */
  readonly write: (account: AccountName, said: Said) => Notice | null;
}

const FORM = 'application/x-www-form-urlencoded';
const CREATED = Date.parse('2026-05-01T08:00:00Z');

export async function createNotifier(): Promise<Notifier> {
  const [bluepay, tipay] = await Promise.all([newBluePayKeys(), newTiPayKeys()]);
  const keys = { shoutu: newShoutuKeys(), bluepay, tipay };
  const providers = await openProviders(keys);

  const config: Notifier['config'] = (urls = {}) => ({ accounts: accountsOf({ ...NOWHERE, ...urls }, providers) });

  const write: Notifier['write'] = (account, said) => {
    const [refund, payment] = rowsOf(PROVIDER_OF[account], said);
    switch (account) {
      case 'library': {
        const members = { ...shoutuRecord(refund, payment, keys.shoutu.appId), reqTime: String(CREATED) };
        const sign = signShoutu(members, keys.shoutu.secret);
        return { account, contentType: FORM, body: new URLSearchParams({ ...members, sign }).toString() };
      }
      case 'blue': {
        const param = bluePayCallback(refund);
        if (param === null) return null;
        const sign = signBluePay(param, keys.bluepay.platform.privateKey);
        return { account, contentType: 'application/json', body: JSON.stringify({ param, sign }) };
      }
      case 'chain': {
        const response = tiPayCallback(refund, payment, keys.tipay.merchantNo);
        const sign = signTiPayCallback(response, keys.tipay.platform.privateKey);
        return { account, contentType: FORM, body: new URLSearchParams({ response, sign }).toString() };
      }
    }
  };

  return {
    config,
    write,
    accounts: () => {
      const deps = { clock: () => new Date(), random: () => 0 };
      const reading = parseConfiguration(config(), {});
      if (reading.kind === 'wrong') throw new Error(JSON.stringify(reading.problems));
      const opened = reading.accounts.map((one) => openAccount(one, deps));
      return new Map(ACCOUNT_NAMES.flatMap((name) => opened.flatMap((one) => (one.key === name ? [[name, one]] : []))));
    },
  };
}

function rowsOf(provider: ProviderName, { refund, status, amount = 1_000n, ...ids }: Said): readonly [Refund, Payment] {
  const providerPaymentId = ids.payment ?? `PAY${refund}`;
  const payment = { provider, providerPaymentId, merchantPaymentId: `ORDER${providerPaymentId}`, amount: 1_000_000n };
  return [
    {
      provider,
      merchantRefundId: refund,
      providerRefundId: ids.theirRefund ?? `THEIRS${refund}`,
      providerPaymentId,
      amount,
      fee: 0n,
      reason: '',
      status,
      word: null,
      createdAt: CREATED,
      completedAt: isEnd(status) ? CREATED + 60_000 : null,
      failure: status === 'FAILED' ? { code: '-10010', message: 'Channel Refund Failed' } : null,
      notifyUrl: null,
      submissions: 1,
      plan: [],
      extra: {},
    },
    { ...payment, paidAt: null, obstacle: null },
  ];
}

/** The notice with one character of what is signed changed. */
export const forged = (notice: Notice): Notice => ({ ...notice, body: notice.body.replace(/THEIRS/, 'THEIRZ') });
