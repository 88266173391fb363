/** Counts what is held open, in all and of each address, and lets no more in than there is room for. */

/** Makes the counts. The most of an address may differ from address to address. */
export function createAdmission(most: { readonly inAll: number; readonly of: (address: string) => number }) {
  const perAddress = new Map<string, number>();
  let all = 0;
  return {
    /** Counts one more, until `leave` is called (again has no effect); or says which limit it is over. */
    admit: (address: string): { readonly leave: () => void } | { readonly over: 'all' | 'address' } => {
      const many = perAddress.get(address) ?? 0;
      if (many >= most.of(address)) return { over: 'address' };
      if (all >= most.inAll) return { over: 'all' };
      all += 1;
      perAddress.set(address, many + 1);
      let counts = true;
      const leave = () => {
        if (!counts) return;
        counts = false;
        all -= 1;
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left === 0) perAddress.delete(address);
        else perAddress.set(address, left);
      };
      return { leave };
    },
  };
}
