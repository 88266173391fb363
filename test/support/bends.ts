/**
 * Records bent in every way in which a provider's JSON was seen bent, or may be: each as the text that goes
 * over the wire, because JSON.stringify would not write half of them.
 */

/** A record with one thing bent. */
export interface Bend {
  readonly name: string;
  /** The member that is bent; null: the record as a whole, or beside its members. */
  readonly member: string | null;
  /** What stands in the member's place, as JSON text; null: it is left out, or stands there twice. */
  readonly source: string | null;
  /** The whole record as JSON text. */
  readonly text: string;
}

/** What may stand in the place of any member. `own` is the member's true value as JSON text. */
function sourcesFor(own: string): readonly string[] {
  const inner = own.startsWith('"') ? own.slice(1, -1) : own;
  return [
    'null',
    'true',
    'false',
    '[]',
    '{}',
    `[${own}]`,
    `{"value":${own}}`,
    '""',
    '" "',
    '0',
    '-1',
    '1e400',
    '-0.0',
    '"null"',
    '"undefined"',
    // The other of text and number, where the value can be both.
    own.startsWith('"') ? '12345678901234567890' : `"${own}"`,
    `" ${inner} "`,
    `"${inner}\\u0000"`,
    `"${inner}\\n"`,
    `"\\u200b${inner}"`,
    `"${inner}\\u00a0"`,
    '"\\ud800"',
    '"退款🧾"',
    '"<script>"',
    '"__proto__"',
    `"${'9'.repeat(200)}"`,
    `"${'x'.repeat(200_000)}"`,
    `${'['.repeat(40)}${']'.repeat(40)}`,
  ];
}

/** What may stand beside the members of any record. */
const BESIDE: readonly (readonly [name: string, members: string])[] = [
  ['a member more', '"neverSeen":{"a":[1,2,{"b":null}]}'],
  ['a thousand members more', Array.from({ length: 1_000 }, (_, nth) => `"m${nth}":${nth}`).join(',')],
  ['names of JavaScript', '"__proto__":{"status":"FAILED"},"constructor":1,"toString":2,"then":3,"hasOwnProperty":4'],
  ['an empty name', '"":"FAILED"'],
  ['a NUL in a name', '"a\\u0000b":1'],
];

/** What may stand in the place of a whole record. */
const INSTEAD: readonly string[] = [
  'null',
  'true',
  '0',
  '""',
  '"ok"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '1e400',
  '"\\ud800"',
];

const written = (members: ReadonlyMap<string, string>): string =>
  `{${[...members].map(([name, source]) => `${JSON.stringify(name)}:${source}`).join(',')}}`;

/**
 * A record bent in every way; `spellings` are further texts for single members, such as other spellings of an
 * amount.
 */
export function bendsOf(
  record: Readonly<Record<string, unknown>>,
  spellings: Readonly<Record<string, readonly string[]>> = {},
): readonly Bend[] {
  const whole = new Map(Object.entries(record).map(([name, value]) => [name, JSON.stringify(value)]));
  const bends: Bend[] = [];
  for (const [member, own] of whole) {
    const rest = new Map([...whole].filter(([name]) => name !== member));
    bends.push({ name: `no ${member}`, member, source: null, text: written(rest) });
    for (const source of new Set([...sourcesFor(own), ...(spellings[member] ?? [])])) {
      const text = written(new Map([...whole, [member, source]]));
      bends.push({ name: `${member}: ${source.slice(0, 60)}`, member, source, text });
    }
    const twice = (first: string, second: string) =>
      `{"${member}":${first},${written(new Map([...rest, [member, second]])).slice(1)}`;
    bends.push({ name: `${member} twice, null first`, member, source: own, text: twice('null', own) });
    bends.push({ name: `${member} twice, null last`, member, source: 'null', text: twice(own, 'null') });
    const capital = member.slice(0, 1).toUpperCase() + member.slice(1);
    const renamed = new Map([...whole].map(([name, source]) => [name === member ? capital : name, source]));
    bends.push({ name: `${capital} for ${member}`, member, source: null, text: written(renamed) });
  }
  const plain = written(whole);
  for (const [name, members] of BESIDE) {
    bends.push({ name: `${name}, first`, member: null, source: null, text: `{${members},${plain.slice(1)}` });
    bends.push({ name: `${name}, last`, member: null, source: null, text: `${plain.slice(0, -1)},${members}}` });
  }
  for (const text of INSTEAD) bends.push({ name: `instead: ${text}`, member: null, source: text, text });
  return bends;
}

/** Other spellings of an amount that is written with a point, or as an integer of minor units. */
export const AMOUNTS: readonly string[] = [
  '1',
  '100',
  '"100"',
  '100.0',
  '"100.00"',
  '1.0',
  '"1.0"',
  '1.00',
  '"1.000"',
  '"1.001"',
  '1e2',
  '"1e2"',
  '1e0',
  '"1e0"',
  '1E+2',
  '100e-2',
  '"1,00"',
  '"1,000.00"',
  '"+1.00"',
  '"+100"',
  '-100',
  '"-1.00"',
  '"0x64"',
  '"1.00 CNY"',
  '"¥1.00"',
  '"１００"',
  '"1."',
  '".5"',
  '"00100"',
  '9007199254740993',
  '"90071992547409.93"',
  `"${'9'.repeat(30)}"`,
  `"${'9'.repeat(40)}.99"`,
  '"NaN"',
  '"Infinity"',
];

/** Other spellings of `2024-07-31 16:26:46` in Shanghai, and texts that are no time. */
export const TIMES: readonly string[] = [
  '1722414406000',
  '"1722414406000"',
  '1722414406',
  '"1722414406"',
  '1722414406.0',
  '1.722414406E12',
  '"20240731162646"',
  '"2024-07-31T16:26:46"',
  '"2024-07-31T16:26:46+08:00"',
  '"2024-07-31T08:26:46Z"',
  '"2024-07-31T08:26:46.000+0000"',
  '"2024-07-31 16:26:46.0"',
  '"2024-07-31"',
  '"31/07/2024 16:26:46"',
  '"2024-02-30 16:26:46"',
  '"2024-07-31 24:00:00"',
  '"0000-00-00 00:00:00"',
  '"9999-12-31 23:59:59"',
  '"0001-01-01 00:00:00"',
  '"+275760-09-13T00:00:00Z"',
  '"-000001-01-01T00:00:00Z"',
  '8640000000000001',
  '-62135596800000',
  '[2024,7,31,16,26,46]',
  '"yesterday"',
];

/** Words of other states, and the known ones in other spellings. */
export const WORDS: readonly string[] = [
  '"UNKNOWN"',
  '"completed"',
  '"Success"',
  '"success"',
  '"COMPLETED "',
  '"FAIL"',
  '"CLOSED"',
  '"TIME_OUT"',
  '"REFUNDED"',
  '"2"',
  '2',
  '"已退款"',
  '"FAILED"',
  '"COMPLETED"',
  '"COMPLETE"',
  '"SUCCESS"',
  '"PENDING"',
  '"PROCESSING"',
  '"CANCEL"',
  '"SUSPEND"',
  '"REJECT"',
];

/** JSON inside of a text, such as lists of accounts. */
export const INNER_JSON: readonly string[] = [
  '[]',
  '{}',
  'null',
  'no JSON',
  '[null]',
  '[{}]',
  '{"a\\u0000b":1}',
  '{"a":"b\\u0000"}',
  '{"\\ud800":1}',
  '["\\udfff"]',
  '{"__proto__":{"a":1}}',
  '{"a":1,"a":2}',
  '[{"accountType":"A","debitAmount":"x"},{"accountType":"B","debitAmount":1.00}]',
  '{"n":12345678901234567890.123}',
  '[1e400]',
  `${'['.repeat(60)}${']'.repeat(60)}`,
  `${'['.repeat(500)}${']'.repeat(500)}`,
].map((text) => JSON.stringify(text));

/** Whether a test tries all bends, not some of them. */
export const ALL_BENDS = process.env['BENDS'] === 'all';

/** Each so-manieth bend, other ones in each member; with `BENDS=all` all of them. */
export const someOf = <Case>(cases: readonly Case[], step: number): readonly Case[] =>
  cases.filter((_, nth) => ALL_BENDS || nth % step === 0);
