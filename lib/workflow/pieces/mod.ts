/**
 * Work that is cut into batches: each is a file that appears whole or not at
 * all, so a run survives a kill and ranks share it; the last one joins them.
 *
 * @module
 */
export { type Batches, batchesIn, type BatchRows, type Cut } from "./cut.ts";
export {
  type Joined,
  type Joining,
  joinShares,
  linkShards,
  writeJoined,
} from "./join.ts";
export { type Owed, type ShardOptions, Shards } from "./shards.ts";
