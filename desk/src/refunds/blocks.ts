/**
 * The list as blocks of rows, top to bottom: those that came while it was open, then those that it began with.
 * Pure: which blocks there are, how many rows each has, and which of them are near the eye.
 */
import { WINDOW, type Known } from './refund-window.tsx';

/** Rows that came above the list; `shown` of them are in it, the others are offered. */
export interface Head {
  readonly before: string;
  readonly known: Known;
  readonly shown: number;
}

export interface Blocks {
  /** The newest first. Only the first of them still grows. */
  readonly heads: readonly Head[];
  /** The first is loaded from the top of the list, each other from where the one above it ended. */
  readonly windows: readonly (Known | null)[];
}

export const EMPTY: Blocks = { heads: [], windows: [null] };

/** How many blocks above and below the eye are drawn. */
const NEAR = 2;

/** Rows of each block; a window that is not known yet is taken for a full one. */
export const rowsOf = ({ heads, windows }: Blocks): readonly number[] => [
  ...heads.map(({ shown }) => shown),
  ...windows.map((known) => known?.ids.length ?? WINDOW),
];

/** The cursor behind which a window begins; null: the top of the list. */
export const afterOf = ({ windows }: Blocks, index: number): string | null =>
  index === 0 ? null : (windows[index - 1]?.next ?? null);

/** Whether the block is drawn while the eye is at this row. */
export function isNear(rows: readonly number[], block: number, eye: number): boolean {
  let at = 0;
  let passed = 0;
  while (at < rows.length - 1 && passed + (rows[at] ?? 0) <= eye) passed += rows[at++] ?? 0;
  return Math.abs(block - at) <= NEAR;
}

/** A window has come, or came again. */
export function withWindow(blocks: Blocks, index: number, known: Known): Blocks {
  return { ...blocks, windows: blocks.windows.map((old, at) => (at === index ? known : old)) };
}

/** One window more below, where there is one and the last is known. */
export function grown(blocks: Blocks): Blocks {
  const last = blocks.windows.at(-1);
  return last?.next == null ? blocks : { ...blocks, windows: [...blocks.windows, null] };
}

/** What the rows above the list stand before; null: the list has no rows. */
export const topOf = ({ heads, windows }: Blocks): string | null => {
  const [head] = heads;
  if (head === undefined) return windows[0]?.first ?? null;
  return head.known.ids.length < WINDOW ? head.before : head.known.first;
};

/** The rows before `before` as they are now. With `isShown` they stand in the list at once. */
export function withHead(
  blocks: Blocks,
  before: string,
  { known, isShown }: { known: Known; isShown: boolean },
): Blocks {
  const [head, ...older] = blocks.heads;
  const isSame = head?.before === before;
  const shown = isShown ? known.ids.length : isSame ? head.shown : 0;
  return { ...blocks, heads: [{ before, known, shown }, ...(isSame ? older : blocks.heads)] };
}

/** Rows that came and are not in the list yet. */
export const offered = ({ heads }: Blocks): number =>
  heads.reduce((sum, { known, shown }) => sum + known.ids.length - shown, 0);

/** All of them put into the list. */
export const withOffered = (blocks: Blocks): Blocks => ({
  ...blocks,
  heads: blocks.heads.map((head) => ({ ...head, shown: head.known.ids.length })),
});

/** Whether the list has this refund. */
export const has = ({ heads, windows }: Blocks, id: string): boolean =>
  heads.some(({ known }) => known.ids.includes(id)) || windows.some((known) => known?.ids.includes(id) === true);

/** Every refund of the list, in order. */
export const idsOf = ({ heads, windows }: Blocks): readonly string[] => [
  ...heads.flatMap(({ known, shown }) => known.ids.slice(known.ids.length - shown)),
  ...windows.flatMap((known) => known?.ids ?? []),
];
