/** What was refunded in a span; a dash where it was nothing. */
import { Money } from '../shown/money.tsx';

export function Sum({ refunded, currency }: { readonly refunded: string; readonly currency: string }) {
  return /[1-9]/.test(refunded) ? <Money of={{ amount: refunded, currency }} /> : <span className="quiet">–</span>;
}
