/** The list as a file, with the token of whoever is signed in. */
import type { RefundFilter, RefundOrder } from '../generated/refundWindowQuery.graphql.ts';
import { failureIn, isFields } from './answer.ts';
import { ApiFailure } from './failure.ts';
import { renewToken, tokenNow } from './token.ts';

const ask = (address: string, token: string | null): Promise<Response> =>
  fetch(address, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });

/** Fetches the file whole. Rejects with an `ApiFailure`, also where it broke off: half a list looks whole. */
async function fetchFile(address: string): Promise<Blob> {
  const token = tokenNow();
  let response: Response;
  try {
    response = await ask(address, token);
    if (response.status === 401 && (await renewToken(token))) response = await ask(address, tokenNow());
    if (response.ok) return await response.blob();
  } catch {
    throw new ApiFailure('OFFLINE', 'The server can not be reached.');
  }
  const answer: unknown = await response.json().catch(() => null);
  const failure = isFields(answer) ? failureIn(answer['errors']) : null;
  throw failure ?? new ApiFailure('DESK', `The server answered ${response.status}.`);
}

/** Saves what the list shows as CSV, under a name. Rejects with an `ApiFailure`. */
export async function saveAsCsv(
  list: { readonly filter: RefundFilter; readonly orderBy: RefundOrder },
  name: string,
): Promise<void> {
  const parameters = new URLSearchParams({
    filter: JSON.stringify(list.filter),
    orderBy: JSON.stringify(list.orderBy),
  });
  const address = URL.createObjectURL(await fetchFile(`/export/refunds.csv?${parameters}`));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
