/** The clock of the sandbox and the providers' way of writing time. */

/** The current instant. */
export type Clock = () => Date;

const HOUR = 3_600_000;
/** The three providers show Chinese time, UTC+8, without saying so. */
const OFFSET = 8 * HOUR;

/** How far a request's timestamp may be from the provider's clock, in ms. */
const WINDOW = 600_000;

/** An instant (epoch ms) as `yyyy-MM-dd HH:mm:ss` in UTC+8. */
export const wallTime = (instant: number): string =>
  new Date(instant + OFFSET).toISOString().slice(0, 19).replace('T', ' ');

/** Whether a timestamp (epoch ms) lies within ten minutes of now, either way. */
export const isFresh = (timestamp: number, now: number): boolean => Math.abs(timestamp - now) <= WINDOW;
