import {
  brokenPictures,
  type EncodedPictures,
  openEncoded,
  skippedText,
  type Split,
} from "../../../datasets/mod.ts";
import {
  digestBytes,
  type JsonRecord,
  type SafetensorsWriter,
} from "../../artifact/mod.ts";
import type { OutputSlot, StageSummary } from "../../pipeline/mod.ts";
import { withFlips } from "./flips.ts";
import type { Settled } from "./settled.ts";
import {
  configOf,
  type Preparing,
  requireTraining,
  SPLITS,
  summaryOf,
} from "./splits.ts";

/** A split of encoded pictures that is to be written. */
export interface EncodedSplit
  extends Pick<Preparing, "progress" | "signal" | "scratch"> {
  readonly split: Split;
  readonly encoded: EncodedPictures;
  /** Indices of the pictures, ascending. */
  readonly rows: Uint32Array;
  /** What readers of every form need. */
  readonly config: JsonRecord;
  readonly settled: Settled;
}

/** An output that waits to be committed. */
export type Waiting = Pick<SafetensorsWriter, "commit" | "abort">;

/**
 * Prepares a dataset whose pictures stay encoded, without an object for any.
 *
 * @param write writes a split, all but its commit
 * @throws {UserError} where it cannot be opened, or nothing is left to train on
 */
export async function prepareEncoded(
  settled: Settled,
  { name, outputs, log, ...tools }: Preparing,
  write: (slot: OutputSlot, split: EncodedSplit) => Promise<Waiting>,
): Promise<StageSummary> {
  const encoded = withFlips(await open(settled, tools), settled.flip);
  const written: Waiting[] = [];
  try {
    const left = settled.skipBroken
      ? await brokenOf(encoded, tools)
      : new Set<number>();
    const skipped = await skippedText(encoded, left);
    if (skipped !== undefined) log.warn(`Skipped ${skipped}`);
    const rows = splitRows(encoded, { share: settled.heldoutShare, left });
    const counts = { train: rows.train.length, heldout: rows.heldout.length };
    requireTraining(name, counts);
    for (const split of SPLITS) {
      const slot = outputs[split];
      if (slot === undefined) continue;
      const config = configOf(encoded, split);
      const content = { encoded, split, rows: rows[split], config, settled };
      written.push(await write(slot, { ...content, ...tools }));
    }
    for (const waiting of written) await waiting.commit();
    return { ...summaryOf(encoded, counts), store: settled.store };
  } catch (error) {
    for (const waiting of written) await waiting.abort();
    throw error;
  } finally {
    encoded.close();
  }
}

type Shown = Pick<Preparing, "progress" | "signal">;

/** Opens a dataset; how far its archives are read is shown. */
async function open(
  { dataset, labels }: Settled,
  { progress, signal }: Shown,
): Promise<EncodedPictures> {
  let task: ReturnType<Shown["progress"]["start"]> | undefined;
  try {
    return await openEncoded(dataset, {
      labels,
      watch(passed, all) {
        signal.throwIfAborted();
        const total = Math.ceil(all / 1e6);
        task ??= progress.start({ label: "index", total, unit: "MB" });
        task.set(Math.round(passed / 1e6));
      },
    });
  } finally {
    task?.finish();
  }
}

async function brokenOf(
  encoded: EncodedPictures,
  { progress, signal }: Shown,
): Promise<ReadonlySet<number>> {
  const total = encoded.count;
  const task = progress.start({ label: "look", total, unit: "image" });
  try {
    const onPicture = () => task.advance();
    return await brokenPictures(encoded, { signal, onPicture });
  } finally {
    task.finish();
  }
}

/**
 * The pictures of each split, but for those that are left out. A picture is held
 * out by its id alone, so that about the share of each class is, and no list of
 * pictures is needed.
 */
export function splitRows(
  encoded: Pick<EncodedPictures, "count" | "id">,
  { share, left }: {
    readonly share: number;
    readonly left: ReadonlySet<number>;
  },
): Readonly<Record<Split, Uint32Array>> {
  const { count } = encoded;
  const rows = {
    train: new Uint32Array(count),
    heldout: new Uint32Array(count),
  };
  const counts = { train: 0, heldout: 0 };
  for (let index = 0; index < count; index++) {
    if (left.has(index)) continue;
    const split = share > 0 && drawn(encoded.id(index)) < share
      ? "heldout"
      : "train";
    rows[split][counts[split]++] = index;
  }
  return {
    train: rows.train.slice(0, counts.train),
    heldout: rows.heldout.slice(0, counts.heldout),
  };
}

/** A number from 0 to below 1 that an id alone decides. */
function drawn(id: string): number {
  return parseInt(digestBytes(`held out: ${id}`).slice(0, 12), 16) / 2 ** 48;
}
