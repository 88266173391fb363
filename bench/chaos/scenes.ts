/**
 * Crowds without kills: one key a hundred times at once, one refund id under twenty keys, fifty partial
 * refunds of one payment.
 */
import type { Clients } from './clients.ts';
import type { Fleet } from './fleet.ts';
import { calmPlan, SHARED_AMOUNT, SHARED_PAYMENTS, type Plan } from './plan.ts';
import { ACCOUNTS } from './providers.ts';

export interface Stage {
  readonly fleet: Fleet;
  readonly clients: Clients;
  readonly seed: number;
}

export interface Played {
  readonly plans: readonly Plan[];
  /** What was not as it should be. */
  readonly problems: readonly string[];
}

/** Plays them, one after the other. */
export async function playScenes(stage: Stage): Promise<Played> {
  const played = [];
  for (const account of ACCOUNTS) played.push(await hundredClients(stage, account));
  played.push(await twentyKeys(stage));
  played.push(await fiftyParts(stage));
  return { plans: played.flatMap(({ plans }) => plans), problems: played.flatMap(({ problems }) => problems) };
}

/** One refund, 99 replays, one send; none where a very busy machine let the time pass before it left. */
async function hundredClients({ fleet, clients, seed }: Stage, account: Plan['account']): Promise<Played> {
  const plan = calmPlan(`S${seed}-hundred-${account}`, account, 'HUNDRED', 1_292n, fleet.instances.length);
  fleet.standIn.expect(plan);
  const calls = await Promise.all(Array.from({ length: 100 }, (_, nth) => clients.create(plan, nth)));
  const made = calls.filter(({ answer }) => answer?.replayed === false).length;
  const replayed = calls.filter(({ answer }) => answer?.replayed === true).length;
  const ids = new Set(calls.map(({ answer }) => answer?.refund?.id)).size;
  const sends = fleet.standIn.arrivals.filter(({ key }) => key === plan.key).length;
  const problem = `${account}: 100 calls with one key: ${made} made it, ${replayed} replayed it, ${ids} refunds, ${sends} sends`;
  return { plans: [plan], problems: made === 1 && replayed === 99 && ids === 1 && sends <= 1 ? [] : [problem] };
}

/** Twenty keys want the same merchantRefundId: one has it, the others are told whose it is. */
async function twentyKeys({ fleet, clients, seed }: Stage): Promise<Played> {
  const merchantRefundId = `S${seed}WANTED`;
  const plans = Array.from({ length: 20 }, (_, nth) => ({
    ...calmPlan(`S${seed}-wants${nth}`, 'library', 'TWENTY', 700n),
    merchantRefundId,
  }));
  for (const plan of plans) fleet.standIn.expect(plan);
  const calls = await Promise.all(plans.map((plan, nth) => clients.create(plan, nth)));
  const winners = plans.filter((_, nth) => calls[nth]?.answer?.type === 'CreateRefundSuccess');
  const told = calls.filter(({ answer }) => answer?.type === 'IdempotencyConflictError').length;
  const ids = new Set(calls.map(({ answer }) => answer?.refund?.id)).size;
  const sends = fleet.standIn.arrivals.filter((arrival) => arrival.merchantRefundId === merchantRefundId).length;
  const isRight = winners.length === 1 && told === 19 && ids === 1 && sends <= 1;
  const problem = `20 keys for one refund id: ${winners.length} have it, ${told} were told of ${ids}, ${sends} sends`;
  return { plans: winners, problems: isRight ? [] : [problem] };
}

/**
 * The last shared payment has 300.00, of which 1.00 is refunded. 50 refunds of 7.00 ask for more than is
 * left.
 */
async function fiftyParts({ fleet, clients, seed }: Stage): Promise<Played> {
  const payment = SHARED_PAYMENTS.at(-1) ?? '';
  const room = Number((SHARED_AMOUNT - 100n) / 700n);
  const parts = Array.from({ length: 50 }, (_, nth) => calmPlan(`S${seed}-part${nth}`, 'library', payment, 700n));
  for (const part of parts) fleet.standIn.expect(part);
  const calls = await Promise.all(parts.map((part, nth) => clients.create(part, nth)));
  const executed = fleet.standIn.executions.filter((one) => one.account === 'library' && one.payment === payment);
  const sum = executed.reduce((all, { amount }) => all + amount, 0n);
  const made = calls.filter(({ answer }) => answer?.type === 'CreateRefundSuccess').length;
  const refused = calls.filter(({ answer }) => answer?.type === 'AmountExceedsPaymentError').length;
  const isRight = made === room && refused === 50 - room && sum <= SHARED_AMOUNT;
  const problem = `50 refunds of 7.00 of a payment of 300.00: ${made} made, ${refused} refused, ${sum} executed`;
  return { plans: parts, problems: isRight ? [] : [problem] };
}
