/** The hours of a day. A day on which the clocks are changed has 23 or 25. */
import { addDays, startOfDay } from '../shown/time.tsx';

const HOUR_MS = 3_600_000;

/** The instants at which the hours of a day begin in a zone, and that at which the day ends. */
export function hoursOf(day: string, zone: string): readonly Date[] {
  const end = startOfDay(addDays(day, 1), zone).getTime();
  const starts: Date[] = [];
  for (let at = startOfDay(day, zone).getTime(); at < end; at += HOUR_MS) starts.push(new Date(at));
  return [...starts, new Date(end)];
}
