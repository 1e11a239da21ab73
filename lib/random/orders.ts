import type { Seed } from "./keys.ts";
import { Permutation } from "./permutation.ts";
import type { RandomStream } from "./stream.ts";

/** A row of a step's batch, with its own random numbers. */
export interface BatchRow {
  readonly step: number;
  readonly row: number;
  readonly draws: RandomStream;
}

/** What is put in order. */
export interface Ordered {
  /** Things in all. */
  readonly count: number;
  /** Rows of a batch. */
  readonly batch: number;
  readonly seed: Seed;
  /** Draws one of them. */
  draw(draws: RandomStream): number;
}

/** Which thing each row of a step takes: a function of seed, step and row alone. */
export type Order = (row: BatchRow) => number;

/** How trainings go through a set, by name. */
export const ORDERS = {
  /** Each row draws anew, by weights where there are some. */
  draws: ({ draw }: Ordered): Order => ({ draws }) => draw(draws),
  epochs: epochOrder,
} as const satisfies Readonly<Record<string, (ordered: Ordered) => Order>>;

/** One of {@linkcode ORDERS}. */
export type OrderName = keyof typeof ORDERS;

/**
 * Everything once in an epoch, in an order of the epoch's own. Batches follow
 * each other without a gap, so that none is left out where an epoch ends inside
 * of one; the release drops those.
 */
function epochOrder({ count, batch, seed }: Ordered): Order {
  let [epoch, order] = [-1, undefined as Permutation | undefined];
  return ({ step, row }) => {
    const place = step * batch + row;
    const now = Math.floor(place / count);
    if (order === undefined || now !== epoch) {
      [epoch, order] = [
        now,
        new Permutation(count, { seed, stream: "epoch", step: now }),
      ];
    }
    return order.at(place % count);
  };
}
