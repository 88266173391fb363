/** Providers print times as `yyyy-MM-dd HH:mm:ss` without a zone; the account's setting says which. */
import { Temporal } from 'temporal-polyfill';

const WALL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;

/** Reads a wall time in a zone (IANA name) as an instant; null when the text is no such time. */
export function parseWallTime(text: string, timeZone: string): Date | null {
  const match = WALL.exec(text.trim());
  if (!match) return null;
  try {
    const zoned = Temporal.PlainDateTime.from(`${match[1]}T${match[2]}`, { overflow: 'reject' }).toZonedDateTime(
      timeZone,
    );
    return new Date(zoned.epochMilliseconds);
  } catch (problem) {
    if (problem instanceof RangeError) return null;
    throw problem;
  }
}

/** Writes an instant as wall time in a zone, `yyyy-MM-dd HH:mm:ss`. */
export function formatWallTime(instant: Date, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return zoned.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ');
}
