/** A batcher: what arrives while one batch is under way becomes the next. No item waits for a timer. */

/** Too many items wait already: the caller should come again later. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/**
 * Makes a function that does one item as part of a batch. It rejects with OverloadedError when too many
 * wait.
 */
export function createBatcher<Item, Result>(settings: {
  /** Does one batch; results in the positions of the items. */
  readonly work: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Most items of a batch. */
  readonly most: number;
  /** Most items that wait. */
  readonly waiting: number;
  /**
   * True if a failure concerns the whole batch (the database is down). Else each item is tried alone to
   * find the bad one.
   */
  readonly isGeneral: (error: unknown) => boolean;
}): (item: Item) => Promise<Result> {
  const { work, most, waiting, isGeneral } = settings;
  const queue: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  let isWorking = false;

  async function run(batch: typeof queue): Promise<void> {
    try {
      const results = await work(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result === undefined) reject(new Error('a batch gave fewer results than it had items'));
        else resolve(result);
      }
    } catch (error) {
      if (batch.length === 1 || isGeneral(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await run([one]);
    }
  }

  async function workOff(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    while (queue.length > 0) await run(queue.splice(0, most));
    isWorking = false;
  }

  return (item) => {
    if (queue.length >= waiting) return Promise.reject(new OverloadedError('Too much is waiting already.'));
    // What arrives in the same turn of the event loop goes together.
    if (queue.length === 0) setImmediate(() => void workOff());
    return new Promise<Result>((resolve, reject) => void queue.push({ item, resolve, reject }));
  };
}
