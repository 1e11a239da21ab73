import type { WritableTensor } from "../../artifact/mod.ts";
import type { OutputSlot } from "../../pipeline/mod.ts";
import { indexContent } from "../sets/mod.ts";
import type { EncodedSplit, Waiting } from "./encoded.ts";
import { labelsOf } from "./labels.ts";

/** Writes where the pictures of a split lie, and reads none of them. */
export async function writeIndex(
  slot: OutputSlot,
  { encoded, rows, config }: EncodedSplit,
): Promise<Waiting> {
  const { tensors, config: places } = await indexContent({
    count: rows.length,
    containers: encoded.containers,
    at: (index) => encoded.at(rows[index]!),
  }, slot.path);
  const all: Readonly<Record<string, WritableTensor>> = {
    ...tensors,
    labels: labelsOf(encoded, rows),
  };
  const writer = await slot.create({
    tensors: all,
    config: { ...config, ...places },
  });
  for (const [name, { data }] of Object.entries(all)) {
    await writer.writeRows(name, { start: 0, data });
  }
  return writer;
}
