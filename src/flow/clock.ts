/** What makes a run repeatable: time, chance and ids are handed in by `app.ts`. */

/** The current instant. */
export type Clock = () => Date;
/** A number in [0, 1), for jitter only. */
export type Random = () => number;
/** A new time-ordered UUID (version 7) as text. */
export type NewId = () => string;
