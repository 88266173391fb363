/** What the sandbox must know of a provider to simulate it. */
import type { z } from 'zod';
import type { Failure, Payment, Status } from './model.ts';
import type { Random } from './random.ts';
import type { Simulation, World, WorldWith } from './simulation.ts';

/** The ids of a payment on both sides. */
export type PaymentIds = Pick<Payment, 'providerPaymentId' | 'merchantPaymentId'>;

/** The account of the built-in configuration: the members that all providers share, and its own. */
export interface Account extends Readonly<Record<string, string>> {
  readonly key: string;
  readonly provider: string;
  readonly displayName: string;
  readonly baseUrl: string;
  readonly currency: string;
  readonly timeZone: string;
}

/** What the refunds and payments look like that are there from the start. */
export interface Seed {
  /** Of the merchant refund ids: LIB makes LIB00001, LIB00002, … */
  readonly prefix: string;
  /** How many refunds there are, and how many a payment has at most. */
  readonly count: number;
  readonly mostPerPayment: number;
  readonly fee: (amount: bigint) => bigint;
  readonly reason: (random: Random) => string;
  readonly failure: (random: Random) => Failure;
  /** Now and then a rarer word of the provider for a status. */
  readonly word: (status: Status, random: Random) => string | null;
  /** Wire members that only this provider has. */
  readonly extra: (amount: bigint, random: Random) => Readonly<Record<string, string>>;
  /** Payments with ids that never change, to try refunds on and to name in examples. */
  readonly demoPayments: readonly PaymentIds[];
  /** Payments that can't be refunded, or not in every way. */
  readonly stubborn: (startedAt: number) => readonly (PaymentIds & Pick<Payment, 'obstacle' | 'paidAt'>)[];
}

/** A provider with its keys. */
export interface OpenProvider {
  /** To be kept, so that a restart signs with the same ones. */
  readonly keys: object;
  readonly account: (baseUrl: string) => Account;
  readonly simulate: (world: World) => Simulation;
}

/** One provider, as providers.ts lists it. */
export interface SimulatedProvider {
  /** For people, e.g. BluePay. */
  readonly title: string;
  /** The key of its account in the built-in configuration. */
  readonly accountKey: string;
  /** Which of a payment's ids its create takes. */
  readonly createNames: keyof PaymentIds;
  /** In which status it takes a refund in. */
  readonly firstStatus: 'PENDING' | 'PROCESSING';
  /** Whether it takes one unfinished refund of a payment at a time. */
  readonly onePerPayment: boolean;
  /** Why a refund fails here whose amount says that it shall. */
  readonly failure: Failure;
  /** Ids as its pages show them; `serial` makes each unique. */
  readonly refundId: (random: Random, serial: number) => string;
  readonly paymentIds: (random: Random, serial: number) => PaymentIds;
  readonly seed: Seed;
  /** With the keys that were kept, or with new ones where none were or they can't be read. */
  readonly open: (kept: unknown) => Promise<OpenProvider>;
}

/** `open` of a provider whose keys have this schema. */
export const openWith =
  <Keys extends object>(parts: {
    readonly keys: z.ZodType<Keys>;
    readonly newKeys: () => Keys | Promise<Keys>;
    readonly account: (baseUrl: string, keys: Keys) => Account;
    readonly simulate: (world: WorldWith<Keys>) => Simulation;
  }): SimulatedProvider['open'] =>
  async (kept) => {
    const keys = parts.keys.safeParse(kept).data ?? (await parts.newKeys());
    return {
      keys,
      account: (baseUrl) => parts.account(baseUrl, keys),
      simulate: (world) => parts.simulate({ ...world, keys }),
    };
  };
