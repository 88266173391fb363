/**
 * Times as providers print them. The documented form is a wall time without a zone, and the account's setting
 * says which. Java's other spellings are read too: an offset or Z, and the instant as digits.
 */
import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

const WALL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?)$/;
/** `yyyyMMddHHmmss`, the form of a time in requests to XxPay. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
/** `…Z`, `…+08:00`, `…+0800` or `…+08`; Java's ZonedDateTime adds the zone in brackets. */
const OFFSET =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)(?:\[[\w/+-]{1,40}\])?$/i;
const EPOCH_SECONDS = /^\d{9,10}(?:\.\d{1,20})?$/;
const EPOCH_MS = /^\d{12,13}(?:\.\d{1,20})?$/;

/** Reads a wall time in a zone (IANA name) as an instant; null when the text is no such time. */
export function parseWallTime(text: string, timeZone: string): Date | null {
  const trimmed = text.trim();
  const plain = plainInstant(trimmed, timeZone);
  if (plain !== null) return plain;
  const match = WALL.exec(trimmed);
  return match ? wallInstant(`${match[1]}T${match[2]}`, timeZone) : null;
}

/** The documented form, in years in which no calendar was reformed. */
const PLAIN = /^((?:19[7-9]|20\d|21\d)\d-\d{2}-\d{2})[ T](\d{2}):([0-5]\d):([0-5]\d)$/;
const HOUR_MS = 3_600_000;
/** Hours of wall time whose distance from UTC is remembered. */
const MOST_HOURS = 20_000;

/**
 * How far wall time is ahead of UTC, in milliseconds, through an hour of it; null where that is not the same
 * all the hour long, or there is no such hour.
 */
const aheadBefore = new LRUCache<string, { readonly ms: number | null }>({ max: MOST_HOURS });

/** A time of the documented form, in an hour whose clocks were not changed; null: look closer. */
function plainInstant(text: string, timeZone: string): Date | null {
  const [, day = '', hour = '', minute = '', second = ''] = PLAIN.exec(text) ?? [];
  if (day === '') return null;
  const name = `${timeZone} ${day} ${hour}`;
  const ahead = aheadBefore.get(name) ?? { ms: aheadIn(`${day}T${hour}`, timeZone) };
  aheadBefore.set(name, ahead);
  if (ahead.ms === null) return null;
  return new Date(Date.parse(`${day}T${hour}:${minute}:${second}Z`) - ahead.ms);
}

function aheadIn(hour: string, timeZone: string): number | null {
  const first = wallInstant(`${hour}:00:00`, timeZone)?.getTime();
  const last = wallInstant(`${hour}:59:59`, timeZone)?.getTime();
  const isEven = first !== undefined && last !== undefined && last - first === HOUR_MS - 1_000;
  return isEven ? Date.parse(`${hour}:00:00Z`) - first : null;
}

const wallInstant = (text: string, timeZone: string): Date | null =>
  instantOf(() => Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(timeZone));

function instantOf(read: () => { readonly epochMilliseconds: number }): Date | null {
  try {
    return new Date(read().epochMilliseconds);
  } catch (problem) {
    if (problem instanceof RangeError) return null;
    throw problem;
  }
}

const DAY_MS = 24 * 3600 * 1000;
const YEAR_2000 = Date.UTC(2000, 0);

/**
 * Reads a time in any spelling that leaves no doubt; null for every other text. Digits are an epoch, in
 * milliseconds or in seconds, only from 2000 to a day from now: a wall time that lost a digit must not become
 * a year to come.
 */
export function parseTime(
  text: string,
  { timeZone, now }: { readonly timeZone: string; readonly now: Date },
): Date | null {
  const trimmed = text.trim();
  const wall = parseWallTime(trimmed, timeZone);
  if (wall !== null) return wall;
  const [, date, time = '', offset = ''] = OFFSET.exec(trimmed) ?? [];
  if (date !== undefined) return instantOf(() => Temporal.Instant.from(`${date}T${time}${offset}`.toUpperCase()));
  const [, year, month, day, hour, minute, second] = COMPACT.exec(trimmed) ?? [];
  if (year !== undefined) return wallInstant(`${year}-${month}-${day}T${hour}:${minute}:${second}`, timeZone);
  const unit = EPOCH_MS.test(trimmed) ? 1 : EPOCH_SECONDS.test(trimmed) ? 1000 : null;
  if (unit === null) return null;
  const ms = Math.floor(Number(trimmed) * unit);
  return ms >= YEAR_2000 && ms <= now.getTime() + DAY_MS ? new Date(ms) : null;
}

/** Writes an instant as wall time in a zone, `yyyy-MM-dd HH:mm:ss`. */
export function formatWallTime(instant: Date, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return zoned.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}
