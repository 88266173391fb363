/** The whole schema: each import hangs its types and fields onto the builder. */
import './scalars.ts';
import './enums.ts';
import './merchant-account.ts';
import './mirror.ts';
import './refund.ts';
import './provider-record.ts';
import './node-query.ts';
import './refund-query.ts';
import './refunds-query.ts';
import './payment-refunds.ts';
import './payment-query.ts';
import './refund-summary.ts';
import './refund-events-query.ts';
import './subscriptions.ts';
import './create-refund.ts';
import './retry-refund.ts';
import './refresh-refund.ts';
import './refund-history.ts';
import { builder } from './builder.ts';

export const schema = builder.toSchema();
