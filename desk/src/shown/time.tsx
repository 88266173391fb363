/** Times, with the zone beside them. */
import { useEffect, useState } from 'react';
import { usePreferences, type Language } from './preferences.ts';

export const deviceZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are slow to make, and used a hundred times a screen. */
function formatOf(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options);
  formats.set(key, made);
  return made;
}

/** The zone in which times are shown. */
export const useZone = (): string => usePreferences().zone ?? deviceZone;

/** The short name of a zone at an instant, e.g. GMT+8. */
export function zoneName(zone: string, at: Date, language: Language): string {
  const parts = formatOf(language, { timeZone: zone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

const SHORT = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;
const WHOLE = { ...SHORT, year: 'numeric' } as const;

/** An instant. `bare`: the zone stands elsewhere, as in the head of a column, and so does this year. */
export function Time({ at, bare = false }: { readonly at: string; readonly bare?: boolean }) {
  const { language } = usePreferences();
  const zone = useZone();
  const instant = new Date(at);
  const whole = formatOf(language, { ...WHOLE, timeZone: zone }).format(instant);
  const isThisYear = instant.getFullYear() === new Date().getFullYear();
  const text = bare && isThisYear ? formatOf(language, { ...SHORT, timeZone: zone }).format(instant) : whole;
  return (
    <time dateTime={at} title={`${whole} ${zone}`}>
      {text}
      <span className={bare ? 'zone zone-bare' : 'zone'}> {zoneName(zone, instant, language)}</span>
    </time>
  );
}

/** The hour that begins at an instant, e.g. 14:00. */
export const hourName = (at: Date, zone: string, language: Language): string =>
  formatOf(language, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** A day as it is written, e.g. Mon 2 Mar. It has no zone: it is a day of the calendar. */
export function useDayName(): (day: string) => string {
  const { language } = usePreferences();
  const options = { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' } as const;
  return (day) => formatOf(language, options).format(new Date(`${day}T00:00:00Z`));
}

/** The day of an instant in a zone, as 2024-07-31. */
export const dayOf = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);

/** The instant at which a day begins in a zone. */
export function startOfDay(day: string, zone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // The offset is looked at twice: at the first guess it may be that of the other side of a clock change.
  const guess = midnight - offsetAt(new Date(midnight), zone);
  return new Date(midnight - offsetAt(new Date(guess), zone));
}

function offsetAt(at: Date, zone: string): number {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return Date.parse(`${wall.replace(' ', 'T')}Z`) - Math.floor(at.getTime() / 1000) * 1000;
}

/** A day some days later. */
export function addDays(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How long ago, or how soon, in the largest unit; counted on by itself. */
export function Age({ at }: { readonly at: string }) {
  const { language } = usePreferences();
  const now = useNow();
  const distance = Date.parse(at) - now;
  const [unit, size] = UNITS.find(([, ms]) => Math.abs(distance) >= ms) ?? ['second', 1_000];
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'short' });
  return <span title={at}>{words.format(Math.trunc(distance / size), unit)}</span>;
}

/** This instant, looked at each ten seconds. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
