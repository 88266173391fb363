/** English numbers with their noun. */
const plural = new Intl.PluralRules('en');

/** E.g. `1 refund`, `2 refunds`. */
export const many = (count: number, one: string, other: string): string =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? one : other}`;
