/**
 * All three providers on real HTTP, as strict as their pages allow. It counts what it executes. The wire is
 * the sandbox's; the plan says what becomes of a create. Where a page leaves open what a repeat does
 * (Shoutu), a repeat pays twice.
 */
import { openBook, type Book } from '../../src/sandbox/book.ts';
import { accountsOf, type SandboxConfig } from '../../src/sandbox/control/configuration.ts';
import { listen, shut } from '../../src/sandbox/http/http.ts';
import { changed } from '../../src/sandbox/life.ts';
import { ofEach, PROVIDERS, type Payment, type ProviderName, type Refund } from '../../src/sandbox/model.ts';
import { openProviders, SIMULATED, type OpenProviders } from '../../src/sandbox/providers.ts';
import { shoutuKeys } from '../../src/sandbox/shoutu/keys.ts';
import type { Simulation, World } from '../../src/sandbox/simulation.ts';
import { streamOf } from './chance.ts';
import { openNotices, type Notices } from './notices.ts';
import { SHARED_AMOUNT, SHARED_PAYMENTS, type Plan } from './plan.ts';
import { providerOf } from './providers.ts';
import { providerServer } from './provider-server.ts';
import type { Arrival, Execution, Moment } from './records.ts';

export interface StandIn {
  /** The accounts of a configuration file that speaks to it. */
  readonly accounts: SandboxConfig['accounts'];
  /** Every create that came, oldest first. */
  readonly arrivals: readonly Arrival[];
  /** Every time that money was set in motion, oldest first. */
  readonly executions: readonly Execution[];
  readonly notices: Pick<Notices, 'sent' | 'believedForgeries'>;
  /** Makes a plan known, and its payment. A create without a plan is refused and noted. */
  readonly expect: (plan: Plan) => void;
  /** Called at each moment of a request, with the instance that sent it, before the provider goes on. */
  onMoment: (moment: Moment, instance: number) => void;
  /** Whether nothing is under way: no late create, no refund that has not ended, no notice. */
  readonly isIdle: () => boolean;
  readonly close: () => Promise<void>;
}

export interface StandInOptions {
  readonly seed: number;
  /** Where instances are reached, by their number: it is how a sender is known, and where notices go. */
  readonly instances: readonly string[];
}

/** Opens it on free ports. */
export async function openStandIn({ seed, instances }: StandInOptions): Promise<StandIn> {
  const random = streamOf(seed, 'provider');
  const providers = await openProviders({});
  const plans = new Map<string, Plan>();
  const executions: Execution[] = [];
  const arrivals: Arrival[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const book = emptyBook();
  /** What queries see: the book, a little later. */
  const shown = emptyBook();
  const world = worldOver(book, (refund) => {
    const plan = plans.get(refund.reason);
    if (plan === undefined) throw new Error(`nobody asked for ${refund.merchantRefundId}`);
    execute(plan, refund);
  });
  const shownWorld = worldOver(shown, () => {
    throw new Error('a query executed something');
  });
  const simulations = simulationsOver(world, providers);
  const moment = (what: Moment, instance: number): void => standIn.onMoment(what, instance);
  const notices = openNotices({ simulations, book, instances, later, moment });

  function worldOver(over: Book, executed: (refund: Refund) => void): World {
    const newRefundId = (provider: ProviderName) => SIMULATED[provider].refundId(random, over.nextNumber());
    const accept = async (refund: Refund): Promise<void> => executed(refund);
    return { book: over, now: Date.now, random, quirks: new Set(), newRefundId, accept };
  }

  function later(afterMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, afterMs);
    timers.add(timer);
  }

  /** Sets money in motion: once under an id, unless the provider's rules take it again or do not say. */
  function execute(plan: Plan, refund: Refund): void {
    const nth = executions.filter(({ key }) => key === plan.key).length;
    const { merchantRefundId, amount } = refund;
    const execution: Execution = {
      at: Date.now(),
      key: plan.key,
      account: plan.account,
      payment: plan.payment,
      merchantRefundId,
      providerRefundId: refund.providerRefundId,
      amount,
      isRepeat: book.refund(refund.provider, merchantRefundId) !== undefined && refund.submissions === 1,
      status: 'PROCESSING',
      endedAt: null,
    };
    executions.push(execution);
    put(refund, plan.lagMs);
    if (refund.status === 'PENDING') later(20, () => move(refund, 'PROCESSING'));
    const end = plan.ends[nth] ?? plan.ends.at(-1) ?? { status: 'SUCCEEDED', afterMs: 0 };
    later(end.afterMs, () => {
      execution.status = end.status;
      execution.endedAt = Date.now();
      notices.send(plan, move(refund, end.status));
    });
    if (plan.forged) notices.forge(plan, changed(refund, 'SUCCEEDED', Date.now()));
  }

  function put(refund: Refund, lagMs = 0): void {
    book.put(refund);
    if (lagMs > 0) later(lagMs, () => shown.put(book.refund(refund.provider, refund.merchantRefundId) ?? refund));
    else shown.put(refund);
  }

  /** What is hidden from queries stays so; its later states come with it. */
  function move({ provider, merchantRefundId }: Refund, status: Refund['status']): Refund {
    const known = book.refund(provider, merchantRefundId);
    if (known === undefined) throw new Error(`${merchantRefundId} vanished`);
    const after = changed(known, status, Date.now());
    book.put(after);
    if (shown.refund(provider, merchantRefundId) !== undefined) shown.put(after);
    return after;
  }

  function learn(payment: Payment): void {
    if (book.payment(payment.provider, payment) !== undefined) return;
    book.putPayment(payment);
    shown.putPayment(payment);
  }
  for (const providerPaymentId of SHARED_PAYMENTS) {
    learn({ ...paymentOf('SHOUTU', providerPaymentId), amount: SHARED_AMOUNT });
  }

  const standIn: Omit<StandIn, 'accounts' | 'close'> = {
    arrivals,
    executions,
    notices,
    expect: (plan) => {
      plans.set(plan.key, plan);
      learn(paymentOf(providerOf(plan.account), plan.payment));
    },
    onMoment: () => undefined,
    isIdle: () => timers.size === 0 && notices.isIdle(),
  };
  const shownSimulations = simulationsOver(shownWorld, providers);
  const servers = PROVIDERS.map((provider) =>
    providerServer({
      simulation: simulations[provider],
      shown: shownSimulations[provider],
      world,
      shoutu: { ...world, keys: shoutuKeys.parse(providers.SHOUTU.keys) },
      plans,
      arrivals,
      instances,
      random: streamOf(seed, provider),
      later,
      moment,
    }),
  );
  const found = await Promise.all(servers.map((server) => listen(server, '127.0.0.1', 0)));
  const urls = ofEach((provider) => found[PROVIDERS.indexOf(provider)] ?? '');
  return Object.assign(standIn, {
    accounts: accountsOf(urls, providers),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      notices.close();
      await Promise.all(servers.map(shut));
    },
  });
}

const emptyBook = (): Book => openBook({ payments: [], refunds: [], letters: [], executed: {}, serial: 0 });

const simulationsOver = (world: World, providers: OpenProviders): Readonly<Record<ProviderName, Simulation>> =>
  ofEach((provider) => providers[provider].simulate(world));

/** Never exhausted, unless it is a shared one. */
const LARGE = 100_000_000n;

function paymentOf(provider: ProviderName, id: string): Payment {
  const ids =
    SIMULATED[provider].createNames === 'merchantPaymentId'
      ? { merchantPaymentId: id, providerPaymentId: `UNIQUE${id}` }
      : { merchantPaymentId: `MERCHANT${id}`, providerPaymentId: id };
  return { provider, ...ids, amount: LARGE, paidAt: null, obstacle: null };
}
