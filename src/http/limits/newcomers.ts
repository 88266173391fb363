/** WebSockets of which nobody knows yet whose they are: few of them, in all and of one address. */

const MOST = 500;
const MOST_OF_ADDRESS = 50;

/** Counts those that have not said who they are. */
export function createNewcomers() {
  const perAddress = new Map<string, number>();
  let all = 0;
  return {
    /** The function that ends the count of one, which may be called again; null where there are too many. */
    admit: (address: string): (() => void) | null => {
      const many = perAddress.get(address) ?? 0;
      if (all >= MOST || many >= MOST_OF_ADDRESS) return null;
      all += 1;
      perAddress.set(address, many + 1);
      let counts = true;
      return () => {
        if (!counts) return;
        counts = false;
        all -= 1;
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left === 0) perAddress.delete(address);
        else perAddress.set(address, left);
      };
    },
  };
}
