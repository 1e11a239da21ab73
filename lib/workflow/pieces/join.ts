import type { JsonRecord, TensorSpec } from "../../artifact/mod.ts";
import type { OutputSlot, StageContext } from "../../pipeline/mod.ts";
import type { Batches } from "./cut.ts";
import type { Shards } from "./shards.ts";

/** Who joins shards, and how. */
export interface Joining extends Pick<StageContext, "share" | "log"> {
  /** Writes the outputs from all shards. */
  write(): Promise<void>;
}

/**
 * Writes the outputs where no batch is missing and no other rank does it.
 *
 * @returns how many batches other ranks are to do yet; nothing where it is done
 *   with
 */
export async function joinShares(
  shards: Shards,
  { share: { world }, log, write }: Joining,
): Promise<number | undefined> {
  const missing = (await shards.missing()).length;
  using claim = missing === 0 && world > 1 ? await shards.claim() : undefined;
  if (world > 1 && claim === undefined) {
    log.info(
      missing > 0
        ? `${missing} batches of other ranks are missing; the last to finish ` +
          "writes the outputs"
        : "Another rank writes the outputs",
    );
    return missing;
  }
  await write();
  return undefined;
}

/** An artifact that is made of batches. */
export interface Joined {
  readonly tensors: Readonly<Record<string, TensorSpec>>;
  readonly config: JsonRecord;
  readonly batches: Batches;
  /** What becomes of the bytes of some rows; they stay unless given. */
  change?(tensor: string, data: Uint8Array): Uint8Array;
}

/** Tensors in the order of a file, so that a pipe gets them as they come. */
export async function writeJoined(
  slot: OutputSlot,
  { tensors, config, batches, change = unchanged }: Joined,
): Promise<void> {
  const writer = await slot.create({ tensors, config });
  try {
    for (const name of Object.keys(tensors)) {
      for await (const { start, data } of batches.pieces(name)) {
        await writer.writeRows(name, { start, data: change(name, data) });
      }
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function unchanged(_: string, data: Uint8Array): Uint8Array {
  return data;
}
