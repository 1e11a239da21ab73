/**
 * Philox random streams on the host, with the counters of the engines.
 *
 * @module
 */
export { type Seed, seedWords, streamWord } from "./keys.ts";
export {
  type BatchRow,
  type Order,
  type Ordered,
  type OrderName,
  ORDERS,
} from "./orders.ts";
export { Permutation, type PermutationKey } from "./permutation.ts";
export { philox, type PhiloxCounter } from "./philox.ts";
export { RandomStream, type StreamKey } from "./stream.ts";
export { WeightedChoice } from "./weighted_choice.ts";
