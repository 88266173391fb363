/** English, of the first screen. The other languages have the same members: one that is missing is an error. */
import { many } from './plural.ts';

export const en = {
  brand: 'Refund desk',
  skip: 'Skip to the content',
  nav: {
    label: 'Screens',
    refunds: 'Refunds',
    attention: 'Attention',
    days: 'Days',
    providers: 'Providers',
    newRefund: 'New refund',
    settings: 'Settings',
  },
  connection: {
    lost: 'The connection is lost. Reconnecting… What you see stays, and nothing is missed.',
  },
  away: (names: string, count: number) =>
    `${names} ${count === 1 ? 'does' : 'do'} not answer now. What is shown is what this server knows.`,
  failure: {
    title: 'This could not be loaded',
    offline: 'The server can not be reached.',
    forbidden: 'Your token does not allow this.',
    unavailable: 'The database is away for the moment.',
    internal: 'Something went wrong at the server. Give this to the operator:',
    again: 'Try again',
    reload: 'Load the page again',
  },
  notFound: {
    title: 'There is nothing here',
    text: 'It does not exist, or your token does not let you see it.',
    back: 'All refunds',
  },
  status: {
    PENDING: 'Not confirmed',
    PROCESSING: 'In progress',
    SUCCEEDED: 'Refunded',
    FAILED: 'Failed',
    CANCELED: 'Closed',
  },
  attentionReason: {
    CONFLICT: 'Contradicted',
    DENIED: 'Denied',
    UNDECIDED: 'Unclear',
    UNREADABLE: 'Unreadable',
    ACTION_NEEDED: 'Waits for you',
    STUCK: 'Stuck',
  },
  refunds: {
    title: 'Refunds',
    tabs: 'By state',
    all: 'All',
    needsAttention: 'Needs attention',
    accounts: 'Accounts',
    allAccounts: 'All accounts',
    accountsChosen: (count: number) => many(count, 'account', 'accounts'),
    days: 'Made on',
    anyDay: 'Any day',
    today: 'Today',
    yesterday: 'Yesterday',
    last7: 'Last 7 days',
    thisMonth: 'This month',
    lastMonth: 'Last month',
    order: 'Order',
    newest: 'Newest first',
    oldest: 'Oldest first',
    count: (count: number) => many(count, 'refund', 'refunds'),
    empty: 'No refund matches.',
    emptyAll: 'There are no refunds yet.',
    clearAll: 'Clear all filters',
    end: 'That is all.',
    fresh: (count: number) => many(count, 'new refund', 'new refunds'),
    moved: 'no longer matches',
    columns: {
      status: 'State',
      amount: 'Amount',
      account: 'Account',
      refund: 'Refund',
      payment: 'Payment',
      reason: 'Reason',
      created: 'Made',
    },
    caption: 'Refunds that match, newest events live',
  },
};

/** What a language must have for the first screen. */
export type Words = typeof en;
