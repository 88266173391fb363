/**
 * Fair turns: a burst of readers leaves the process time for everything else. Without them thousands of
 * readers that catch up keep the event loop busy until the last one is done, because a promise that
 * resolves lets no I/O in.
 */

/** Makes turns: `each` of them, then whatever else the process has to do. */
export function createTurns(each: number) {
  const waiting: (() => void)[] = [];
  let left = each;
  let counting = false;

  function count(): void {
    if (counting) return;
    counting = true;
    setImmediate(() => {
      counting = false;
      left = each;
      for (const go of waiting.splice(0, each)) {
        left -= 1;
        go();
      }
      if (left < each) count();
    });
  }

  return {
    /** Resolves when it is the caller's turn, in the order of the calls; `null` when it is at once. */
    take: (): Promise<void> | null => {
      count();
      if (left === 0 || waiting.length > 0) return new Promise<void>((go) => waiting.push(go));
      left -= 1;
      return null;
    },
  };
}
