/**
 * Shoutu's callbacks: a record's members, reqTime and sign, as a form or as JSON (I; only the callback's name
 * is public).
 */
import type { Json } from '../../refunds/refund.ts';
import { bodyWithout, hasMembers, jsonIn, mediaType, rejected, utf8Text } from '../wire/callback-body.ts';
import { asReceived, withoutMembers } from '../wire/json.ts';
import type { CallbackReading, CallbackRequest, ProviderCallbacks } from '../provider.ts';
import type { StatusOf } from '../wire/status-words.ts';
import { firstIssue } from '../wire/members.ts';
import { ambiguityOf } from './signature/ambiguity.ts';
import { fromRecord } from './map.ts';
import type { ShoutuSettings } from './settings.ts';
import { joinedMembers, signedMembers, verify } from './signature/signature.ts';
import type { ShoutuRecords } from './wire.ts';

/** Members of a callback that prove who sent it. */
const PROOF: ReadonlySet<string> = new Set(['sign', 'reqTime']);

type Members = Readonly<Record<string, Json>>;

/** Reads callbacks of one account. The members that were signed are the members that are read. */
export function shoutuCallbacks(parts: {
  readonly settings: ShoutuSettings;
  readonly records: ShoutuRecords;
  readonly statusOf: StatusOf;
}): ProviderCallbacks {
  const { settings, records, statusOf } = parts;
  const rule = { secret: settings.secret, nested: settings.signature.nested };

  function read({ contentType, body }: CallbackRequest): CallbackReading {
    const text = utf8Text(body);
    if (text === undefined) return rejected('the body is not UTF-8');
    const members = membersOf(mediaType(contentType), text);
    if (typeof members === 'string') return rejected(members);
    const sign = members['sign'] ?? '';
    if (typeof sign !== 'string' || sign === '') return rejected('sign is missing');
    if (!verify(members, sign, rule)) return rejected('the signature does not match');
    // One secret may serve several applications or tenants.
    for (const name of ['appId', 'tenantId'] as const) {
      const value = members[name] ?? '';
      if (value !== '' && value !== settings[name]) return rejected(`${name} is of another account`);
    }
    const parsed = records.record.safeParse(members);
    if (!parsed.success) return rejected(firstIssue(parsed.error));
    // What proves the sender is nobody else's to read.
    const raw = asReceived(withoutMembers(members, PROOF));
    const signed = signedMembers(members, rule.nested);
    const ambiguity = ambiguityOf(signed, [settings.createMemberNames.notifyUrl]);
    return {
      kind: 'observation',
      observation: fromRecord(parsed.data, statusOf, raw),
      signed: joinedMembers(signed),
      doubt: ambiguity === null ? null : { about: 'any', reason: `${ambiguity}: the provider is asked` },
    };
  }

  return {
    read,
    shown: (request) => bodyWithout(PROOF, request),
    acknowledgement: { contentType: 'text/plain', body: settings.acknowledgement },
  };
}

/** The members of a body, or why it has none. */
function membersOf(type: string, text: string): Members | string {
  switch (type) {
    case 'application/json': {
      const json = jsonIn(text);
      return hasMembers(json) ? json : 'the body is not a JSON object';
    }
    case 'application/x-www-form-urlencoded': {
      const pairs = [...new URLSearchParams(text)];
      const members = Object.fromEntries(pairs);
      // Which of two would count for them and which for us is unknown.
      return Object.keys(members).length === pairs.length ? members : 'a member occurs twice';
    }
  }
  return 'the content type is neither JSON nor a form';
}
