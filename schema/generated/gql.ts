/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query Accounts {\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      list\n      create\n      partialRefund\n      lookupKeys\n      callbacks\n    }\n    health {\n      status\n      lastSuccessAt\n      lastFailure {\n        at\n        code\n        message\n      }\n    }\n  }\n}": typeof types.AccountsDocument,
    "fragment MoneyParts on Money {\n  amount\n  currency\n}\n\nfragment RefundCard on Refund {\n  id\n  account {\n    id\n    key\n    displayName\n  }\n  provider\n  merchantRefundId\n  providerRefundId\n  payment {\n    merchantPaymentId\n    providerPaymentId\n  }\n  amount {\n    ...MoneyParts\n  }\n  status\n  providerStatus\n  reason\n  failure {\n    code\n    message\n    retryable\n  }\n  createdAt\n  completedAt\n}": typeof types.MoneyPartsFragmentDoc,
    "query Payment($by: PaymentKey!, $first: Int = 20, $after: String) {\n  payment(by: $by) {\n    merchantPaymentId\n    providerPaymentId\n    amount {\n      ...MoneyParts\n    }\n    refundedAmount {\n      ...MoneyParts\n    }\n    refunds(first: $first, after: $after) {\n      nodes {\n        ...RefundCard\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": typeof types.PaymentDocument,
    "query Refund($by: RefundBy!, $read: ReadPolicy! = AUTO) {\n  refund(by: $by, read: $read) {\n    ...RefundCard\n    observedAt\n    feeRefunded {\n      ...MoneyParts\n    }\n    details {\n      __typename\n      ... on ShoutuRefundDetails {\n        merchantNo\n        merchantName\n        branchMerchantNo\n        appId\n        refundMode\n        businessId\n        extension\n      }\n      ... on BluePayRefundDetails {\n        originalTransactionId\n        failedCode\n      }\n      ... on TiPayRefundDetails {\n        uniqueOrderNo\n        realRefundAmount {\n          ...MoneyParts\n        }\n        cashRefundAmount {\n          ...MoneyParts\n        }\n        fundingAccounts {\n          accountType\n          amount {\n            ...MoneyParts\n          }\n        }\n        channelReceiverInfo\n      }\n    }\n  }\n}": typeof types.RefundDocument,
    "query Refunds($first: Int, $after: String, $last: Int, $before: String, $filter: RefundFilter, $orderBy: RefundOrder) {\n  refunds(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    edges {\n      cursor\n      node {\n        ...RefundCard\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n    sources {\n      account {\n        id\n        key\n      }\n      origin\n      complete\n      totalCount\n      asOf\n      failure {\n        at\n        code\n        message\n      }\n    }\n  }\n}": typeof types.RefundsDocument,
};
const documents: Documents = {
    "query Accounts {\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      list\n      create\n      partialRefund\n      lookupKeys\n      callbacks\n    }\n    health {\n      status\n      lastSuccessAt\n      lastFailure {\n        at\n        code\n        message\n      }\n    }\n  }\n}": types.AccountsDocument,
    "fragment MoneyParts on Money {\n  amount\n  currency\n}\n\nfragment RefundCard on Refund {\n  id\n  account {\n    id\n    key\n    displayName\n  }\n  provider\n  merchantRefundId\n  providerRefundId\n  payment {\n    merchantPaymentId\n    providerPaymentId\n  }\n  amount {\n    ...MoneyParts\n  }\n  status\n  providerStatus\n  reason\n  failure {\n    code\n    message\n    retryable\n  }\n  createdAt\n  completedAt\n}": types.MoneyPartsFragmentDoc,
    "query Payment($by: PaymentKey!, $first: Int = 20, $after: String) {\n  payment(by: $by) {\n    merchantPaymentId\n    providerPaymentId\n    amount {\n      ...MoneyParts\n    }\n    refundedAmount {\n      ...MoneyParts\n    }\n    refunds(first: $first, after: $after) {\n      nodes {\n        ...RefundCard\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}": types.PaymentDocument,
    "query Refund($by: RefundBy!, $read: ReadPolicy! = AUTO) {\n  refund(by: $by, read: $read) {\n    ...RefundCard\n    observedAt\n    feeRefunded {\n      ...MoneyParts\n    }\n    details {\n      __typename\n      ... on ShoutuRefundDetails {\n        merchantNo\n        merchantName\n        branchMerchantNo\n        appId\n        refundMode\n        businessId\n        extension\n      }\n      ... on BluePayRefundDetails {\n        originalTransactionId\n        failedCode\n      }\n      ... on TiPayRefundDetails {\n        uniqueOrderNo\n        realRefundAmount {\n          ...MoneyParts\n        }\n        cashRefundAmount {\n          ...MoneyParts\n        }\n        fundingAccounts {\n          accountType\n          amount {\n            ...MoneyParts\n          }\n        }\n        channelReceiverInfo\n      }\n    }\n  }\n}": types.RefundDocument,
    "query Refunds($first: Int, $after: String, $last: Int, $before: String, $filter: RefundFilter, $orderBy: RefundOrder) {\n  refunds(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    edges {\n      cursor\n      node {\n        ...RefundCard\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n    sources {\n      account {\n        id\n        key\n      }\n      origin\n      complete\n      totalCount\n      asOf\n      failure {\n        at\n        code\n        message\n      }\n    }\n  }\n}": types.RefundsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Accounts {\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      list\n      create\n      partialRefund\n      lookupKeys\n      callbacks\n    }\n    health {\n      status\n      lastSuccessAt\n      lastFailure {\n        at\n        code\n        message\n      }\n    }\n  }\n}"): (typeof documents)["query Accounts {\n  accounts {\n    id\n    key\n    provider\n    displayName\n    currency\n    capabilities {\n      list\n      create\n      partialRefund\n      lookupKeys\n      callbacks\n    }\n    health {\n      status\n      lastSuccessAt\n      lastFailure {\n        at\n        code\n        message\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment MoneyParts on Money {\n  amount\n  currency\n}\n\nfragment RefundCard on Refund {\n  id\n  account {\n    id\n    key\n    displayName\n  }\n  provider\n  merchantRefundId\n  providerRefundId\n  payment {\n    merchantPaymentId\n    providerPaymentId\n  }\n  amount {\n    ...MoneyParts\n  }\n  status\n  providerStatus\n  reason\n  failure {\n    code\n    message\n    retryable\n  }\n  createdAt\n  completedAt\n}"): (typeof documents)["fragment MoneyParts on Money {\n  amount\n  currency\n}\n\nfragment RefundCard on Refund {\n  id\n  account {\n    id\n    key\n    displayName\n  }\n  provider\n  merchantRefundId\n  providerRefundId\n  payment {\n    merchantPaymentId\n    providerPaymentId\n  }\n  amount {\n    ...MoneyParts\n  }\n  status\n  providerStatus\n  reason\n  failure {\n    code\n    message\n    retryable\n  }\n  createdAt\n  completedAt\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Payment($by: PaymentKey!, $first: Int = 20, $after: String) {\n  payment(by: $by) {\n    merchantPaymentId\n    providerPaymentId\n    amount {\n      ...MoneyParts\n    }\n    refundedAmount {\n      ...MoneyParts\n    }\n    refunds(first: $first, after: $after) {\n      nodes {\n        ...RefundCard\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}"): (typeof documents)["query Payment($by: PaymentKey!, $first: Int = 20, $after: String) {\n  payment(by: $by) {\n    merchantPaymentId\n    providerPaymentId\n    amount {\n      ...MoneyParts\n    }\n    refundedAmount {\n      ...MoneyParts\n    }\n    refunds(first: $first, after: $after) {\n      nodes {\n        ...RefundCard\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Refund($by: RefundBy!, $read: ReadPolicy! = AUTO) {\n  refund(by: $by, read: $read) {\n    ...RefundCard\n    observedAt\n    feeRefunded {\n      ...MoneyParts\n    }\n    details {\n      __typename\n      ... on ShoutuRefundDetails {\n        merchantNo\n        merchantName\n        branchMerchantNo\n        appId\n        refundMode\n        businessId\n        extension\n      }\n      ... on BluePayRefundDetails {\n        originalTransactionId\n        failedCode\n      }\n      ... on TiPayRefundDetails {\n        uniqueOrderNo\n        realRefundAmount {\n          ...MoneyParts\n        }\n        cashRefundAmount {\n          ...MoneyParts\n        }\n        fundingAccounts {\n          accountType\n          amount {\n            ...MoneyParts\n          }\n        }\n        channelReceiverInfo\n      }\n    }\n  }\n}"): (typeof documents)["query Refund($by: RefundBy!, $read: ReadPolicy! = AUTO) {\n  refund(by: $by, read: $read) {\n    ...RefundCard\n    observedAt\n    feeRefunded {\n      ...MoneyParts\n    }\n    details {\n      __typename\n      ... on ShoutuRefundDetails {\n        merchantNo\n        merchantName\n        branchMerchantNo\n        appId\n        refundMode\n        businessId\n        extension\n      }\n      ... on BluePayRefundDetails {\n        originalTransactionId\n        failedCode\n      }\n      ... on TiPayRefundDetails {\n        uniqueOrderNo\n        realRefundAmount {\n          ...MoneyParts\n        }\n        cashRefundAmount {\n          ...MoneyParts\n        }\n        fundingAccounts {\n          accountType\n          amount {\n            ...MoneyParts\n          }\n        }\n        channelReceiverInfo\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Refunds($first: Int, $after: String, $last: Int, $before: String, $filter: RefundFilter, $orderBy: RefundOrder) {\n  refunds(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    edges {\n      cursor\n      node {\n        ...RefundCard\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n    sources {\n      account {\n        id\n        key\n      }\n      origin\n      complete\n      totalCount\n      asOf\n      failure {\n        at\n        code\n        message\n      }\n    }\n  }\n}"): (typeof documents)["query Refunds($first: Int, $after: String, $last: Int, $before: String, $filter: RefundFilter, $orderBy: RefundOrder) {\n  refunds(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    edges {\n      cursor\n      node {\n        ...RefundCard\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    totalCount\n    sources {\n      account {\n        id\n        key\n      }\n      origin\n      complete\n      totalCount\n      asOf\n      failure {\n        at\n        code\n        message\n      }\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;