/** The Shoutu wing: one account's settings in, the account as everybody else sees it out. */
import { NO_CONDITIONS } from '../../refunds/filter.ts';
import { answersLookup, type RefundLookup } from '../../refunds/observation.ts';
import type { ProviderAccount, ProviderQuery } from '../provider.ts';
import { openWing, type WingParts } from '../wing.ts';
import { shoutuCallbacks } from './callback.ts';
import { shoutuClient } from './client.ts';
import { shoutuCreate } from './create.ts';
import { shoutuLists } from './list.ts';
import { SEPARATORS, shoutuOptions } from './options.ts';
import { SHOUTU_STATUSES } from './map.ts';
import { shoutuRecordReader } from './record.ts';
import { shoutuQuery } from './query.ts';
import type { ShoutuSettings } from './settings.ts';
import { shoutuRecords } from './wire.ts';

/** The route for outside systems, which asks for a signature in headers (P). */
const OPEN_API = '/gateway-starter/';

/** What is set, and rests on a rule that is not public. */
function notesOn({ headerSignature, paths }: ShoutuSettings): readonly string[] {
  if (headerSignature !== undefined) {
    return ['how lk-sign is made is not public: headerSignature.text is a guess until the library has told the rule'];
  }
  const open = Object.entries(paths).filter(([, path]) => path?.startsWith(OPEN_API));
  return open.map(([name]) => `paths.${name} is of the OpenAPI route, whose headers (lk-sign) headerSignature sets`);
}

/** Opens an account. Nothing is sent before the first call. */
export function shoutuAccount(settings: ShoutuSettings, deps: WingParts): ProviderAccount {
  const { account, transport, statusOf, units, readRecord, quietly } = openWing(settings, SHOUTU_STATUSES, deps);
  const words = { ...SHOUTU_STATUSES, ...settings.statuses };
  const records = shoutuRecords({ ...units, amountUnit: settings.amountUnit, names: settings.recordMemberNames });
  const client = shoutuClient(settings, transport, deps);
  const { remembered } = deps;
  const reader = shoutuRecordReader({ settings, records, statusOf, readRecord, quietly, remembered });
  const { list, lookup } = shoutuLists({ settings, client, records, reader, words, quietly });
  const query = shoutuQuery({ settings, client, records, statusOf });
  const queryBy = (field: string, id: string, send: ProviderQuery['send']): ProviderQuery => ({
    key: `${field}:${id}`,
    send,
  });

  return {
    ...account,
    provider: 'SHOUTU',
    partialRefund: true,
    notes: notesOn(settings),
    queriedBy: [['merchantRefundId'], ['providerRefundId'], ['providerPaymentId']],
    // By the most exact id; our payment id is no member of a record.
    query: (asked: RefundLookup) => {
      const { merchantRefundId, providerRefundId, providerPaymentId } = asked;
      if (merchantRefundId !== null && query === null) {
        return queryBy('mchRefundNo', merchantRefundId, (signal) => lookup({ merchantRefundId }, signal));
      }
      if (merchantRefundId !== null && query !== null) {
        const send: ProviderQuery['send'] = async (signal) => {
          const shown = await query(merchantRefundId, signal);
          // One of another merchant may have the number, too: the list shows all.
          const isAnswer = shown !== null && answersLookup(asked, shown);
          return isAnswer ? { observations: [shown], unreadable: [] } : lookup({ merchantRefundId }, signal);
        };
        // The answer depends on all of them.
        const key = JSON.stringify([merchantRefundId, providerRefundId, providerPaymentId]);
        return queryBy('mchRefundNo', key, send);
      }
      if (providerRefundId !== null) {
        return queryBy('channelOrderNo', providerRefundId, (signal) => lookup({ providerRefundId }, signal));
      }
      if (providerPaymentId !== null) {
        return queryBy('channelPayOrderNo', providerPaymentId, (signal) => lookup({ providerPaymentId }, signal));
      }
      return null;
    },
    list,
    create: {
      rules: {
        paymentKeys: ['merchantPaymentId', 'providerPaymentId'],
        // Whether a repeated mchRefundNo is refused or replayed is unknown (trap 3).
        repeatIsHarmless: false,
        onePerPayment: false,
        retryFailed: false,
        // Jeepay, whose conventions these are, answers 9999 also to an exception after the channel was called
        // (I).
        noIsCertain: false,
        maxReasonLength: settings.maxReasonLength,
        forbiddenCharacters: SEPARATORS,
        // No limit is published.
        maxPaymentIdLength: 128,
      },
      options: shoutuOptions(settings),
      send: shoutuCreate({ settings, client, records, statusOf }),
    },
    callbacks: shoutuCallbacks({ settings, records, statusOf }),
    probe: async (signal) => {
      await list.page({ page: 0, size: 1, direction: 'DESC', conditions: NO_CONDITIONS }, signal);
    },
  };
}
