/** Refunds changed by hand through the control server: moved, added, bent, removed, told about again. */
import { z } from 'zod';
import { changed, enter } from '../life.ts';
import { isEnd, PROVIDERS, STATUSES, type Payment, type Refund, type Status } from '../model.ts';
import type { Post } from '../http/post.ts';
import { SIMULATED } from '../providers.ts';
import type { Simulation, World } from '../simulation.ts';

/** What the person at the control server got wrong, as a sentence. */
export class ControlError extends Error {}

/** What the hand can reach. */
export interface Hand {
  readonly world: World;
  readonly simulations: Readonly<Record<(typeof PROVIDERS)[number], Simulation>>;
  readonly post: Post;
}

const provider = z.enum(PROVIDERS);
const text = z.string().min(1).max(64);
/** How the wire shall show the refund: with these members in place of its own, and without those. */
const bend = { members: z.record(text, z.json()).default({}), without: z.array(text).default([]) };
/** Either side's id of the refund. */
export const refundName = z.strictObject({ provider, refundId: text });
export const moveSchema = refundName.extend({ status: text, notify: z.boolean().default(false) });
export const bendSchema = refundName.extend(bend);
export const resendSchema = refundName.extend({ times: z.int().min(1).max(10_000).default(1) });
export const addSchema = z.strictObject({
  provider,
  merchantRefundId: text,
  /** An existing payment by either id; without one a new payment of exactly this amount. */
  providerPaymentId: text.optional(),
  merchantPaymentId: text.optional(),
  /** Minor units. */
  amount: z.union([z.string().regex(/^[1-9]\d{0,14}$/), z.int().min(1).transform(String)]).transform(BigInt),
  status: text.default('SUCCEEDED'),
  reason: z.string().max(200).default(''),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  ...bend,
  notify: z.boolean().default(false),
});

function find({ world }: Hand, name: z.infer<typeof refundName>): Refund {
  const found = world.book.refundByAnyId(name.provider, name.refundId);
  if (!found) throw new ControlError(`${name.provider} has no refund ${name.refundId}.`);
  return found;
}

/** A status by the sandbox's word or by the provider's own, which the wire then shows. */
function statusNamed(
  { simulations }: Hand,
  name: Refund['provider'],
  asked: string,
): { status: Status; word: string | null } {
  const plain = STATUSES.find((status) => status === asked);
  if (plain) return { status: plain, word: null };
  const { words } = simulations[name];
  const status = words[asked];
  if (status) return { status, word: asked };
  const known = [...STATUSES, ...Object.keys(words)].join(', ');
  throw new ControlError(`${name} has no status ${asked}: it is one of ${known}.`);
}

function notified(hand: Hand, refund: Refund): string {
  const written = hand.post.write(refund);
  if ('problem' in written) throw new ControlError(written.problem);
  return written.url;
}

/** What the control server says about a refund. */
const shown = ({
  provider: name,
  merchantRefundId,
  providerRefundId,
  providerPaymentId,
  status,
  word,
}: Refund): object => ({
  provider: name,
  merchantRefundId,
  providerRefundId,
  providerPaymentId,
  status,
  word,
});

/** Puts a refund into a state; it stays there, whatever it was going to do. */
export function move(hand: Hand, asked: z.infer<typeof moveSchema>): object {
  const before = find(hand, asked);
  const { status, word } = statusNamed(hand, asked.provider, asked.status);
  const after = { ...changed(before, status, hand.world.now()), word, plan: [] };
  enter(hand.world.book, before, after);
  return { ...shown(after), ...(asked.notify ? { notified: notified(hand, after) } : {}) };
}

function paymentFor({ world }: Hand, asked: z.infer<typeof addSchema>): Payment {
  const { book, random } = world;
  if (asked.providerPaymentId === undefined && asked.merchantPaymentId === undefined) {
    const ids = SIMULATED[asked.provider].paymentIds(random, book.nextNumber());
    const payment: Payment = { provider: asked.provider, ...ids, amount: asked.amount, paidAt: null, obstacle: null };
    book.putPayment(payment);
    return payment;
  }
  const payment = book.payment(asked.provider, asked);
  if (!payment) throw new ControlError(`${asked.provider} has no such payment.`);
  return payment;
}

/** Puts in a refund that was made elsewhere (a desk, another system); it does not move by itself. */
export function add(hand: Hand, asked: z.infer<typeof addSchema>): object {
  const { book, now, newRefundId } = hand.world;
  if (book.refund(asked.provider, asked.merchantRefundId)) {
    throw new ControlError(`${asked.provider} has a refund ${asked.merchantRefundId} already.`);
  }
  const { status, word } = statusNamed(hand, asked.provider, asked.status);
  const payment = paymentFor(hand, asked);
  const createdAt = asked.createdAt === undefined ? now() : Date.parse(asked.createdAt);
  const refund: Refund = {
    provider: asked.provider,
    merchantRefundId: asked.merchantRefundId,
    providerRefundId: newRefundId(asked.provider),
    providerPaymentId: payment.providerPaymentId,
    amount: asked.amount,
    fee: 0n,
    reason: asked.reason,
    status: 'PENDING',
    word: null,
    createdAt,
    completedAt: null,
    failure: null,
    notifyUrl: null,
    submissions: 1,
    plan: [],
    extra: {},
    bend: { members: asked.members, without: asked.without },
  };
  const stands = { ...changed(refund, status, createdAt), word };
  if (stands.status !== 'FAILED' && stands.status !== 'CANCELED' && stands.amount > book.left(payment)) {
    throw new ControlError(`Only ${book.left(payment)} is left of the payment ${payment.providerPaymentId}.`);
  }
  const pending = book.refundsOf(payment).some((each) => !isEnd(each.status));
  if (SIMULATED[asked.provider].onePerPayment && pending && !isEnd(status)) {
    throw new ControlError(`The payment ${payment.providerPaymentId} has a pending refund already.`);
  }
  book.put(stands);
  return { ...shown(stands), ...(asked.notify ? { notified: notified(hand, stands) } : {}) };
}

/** Shows a refund as no page documents it, in lists, queries and callbacks, until it is bent otherwise. */
export function bendRow(hand: Hand, asked: z.infer<typeof bendSchema>): object {
  const found = find(hand, asked);
  const { members, without } = asked;
  hand.world.book.put({ ...found, bend: { members, without } });
  return { ...shown(found), members, without };
}

/** Takes a refund out, as if it had never been. */
export function remove(hand: Hand, asked: z.infer<typeof refundName>): object {
  const found = find(hand, asked);
  hand.world.book.remove(found);
  return { removed: shown(found) };
}

/** Sends the callback of the refund's present state that many times. */
export function resend(hand: Hand, asked: z.infer<typeof resendSchema>): object {
  const found = find(hand, asked);
  const urls = Array.from({ length: asked.times }, () => notified(hand, found));
  return { queued: urls.length, url: urls[0] };
}
