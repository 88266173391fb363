/** Work that is wanted often and done seldom. */

export interface Gathering {
  /** The work will begin after this instant: at most one pause later, or when what runs now has ended. */
  readonly want: () => void;
  readonly stop: () => void;
}

/** Work that failed is done again after this time, in milliseconds. */
const AGAIN_MS = 3_000;

/**
 * Does the work some time after it was wanted, once for all who wanted it meanwhile, and never twice at once. It
 * keeps this outside of React's state: two changes of a state within one render can cancel each other, and what
 * was wanted between them would be lost.
 */
export function gather(work: () => Promise<void>, pauseMs: number): Gathering {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isRunning = false;
  let isWanted = false;
  let isOver = false;
  const begin = (ms: number) => {
    timer = setTimeout(() => void run(), ms);
  };
  async function run(): Promise<void> {
    timer = null;
    isRunning = true;
    isWanted = false;
    const hasFailed = await work().then(
      () => false,
      () => true,
    );
    isRunning = false;
    if (!isOver && (isWanted || hasFailed)) begin(hasFailed ? AGAIN_MS : pauseMs);
  }
  return {
    want: () => {
      if (isRunning) isWanted = true;
      else if (timer === null && !isOver) begin(pauseMs);
    },
    stop: () => {
      isOver = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
