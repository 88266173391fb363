/** The whole schema: each import hangs its types and fields onto the builder. */
import './scalars.ts';
import './enums.ts';
import './account/merchant-account.ts';
import './account/mirror.ts';
import './server/viewer.ts';
import './server/server.ts';
import './refund/refund.ts';
import './refund/provider-record.ts';
import './relay/node-query.ts';
import './refund/refund-query.ts';
import './refund/refunds-query.ts';
import './payment/payment-refunds.ts';
import './payment/payment-query.ts';
import './refund/refund-summary.ts';
import './callback/callbacks-query.ts';
import './event/refund-events-query.ts';
import './event/subscriptions.ts';
import './mutations/close-refund.ts';
import './mutations/create-refund.ts';
import './mutations/retry-refund.ts';
import './mutations/refresh-refund.ts';
import './mutations/replay-callback.ts';
import './refund/refund-history.ts';
import { builder } from './builder.ts';
import { tellMutations } from './mutations/told.ts';

export const schema = tellMutations(builder.toSchema());
