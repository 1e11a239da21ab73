import type {
  JsonRecord,
  TensorSpec,
  WritableTensor,
} from "../../artifact/mod.ts";
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
  // Others who find all there would join them while they are taken away.
  if (claim !== undefined) await shards.spend();
  return undefined;
}

/** An artifact that is made of batches. */
export interface Joined {
  /** Tensors of which the batches have the rows. */
  readonly tensors: Readonly<Record<string, TensorSpec>>;
  /** Tensors that no batch has a part of. */
  readonly whole?: Readonly<Record<string, WritableTensor>>;
  readonly config: JsonRecord;
  readonly batches: Batches;
}

/** Tensors in the order of a file, so that a pipe gets them as they come. */
export async function writeJoined(
  slot: OutputSlot,
  { tensors, whole = {}, config, batches }: Joined,
): Promise<void> {
  const writer = await slot.create({
    tensors: { ...tensors, ...whole },
    config,
  });
  try {
    for (const name of writer.order) {
      const { data } = whole[name] ?? {};
      if (data !== undefined) await writer.writeRows(name, { start: 0, data });
      else {
        for await (const { start, data } of batches.pieces(name)) {
          await writer.writeRows(name, { start, data });
        }
      }
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Makes the batches the shards of a folder: their files are linked, not copied. */
export async function linkShards(
  slot: Pick<OutputSlot, "createShards">,
  { shards, whole, config }: Pick<Joined, "config"> & {
    readonly shards: Shards;
    readonly whole: Readonly<Record<string, WritableTensor>>;
  },
): Promise<void> {
  const writer = await slot.createShards({ tensors: whole, config });
  try {
    for (let batch = 0; batch < shards.batches; batch++) {
      await writer.add(shards.path(batch));
    }
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
