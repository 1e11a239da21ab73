import type { WritableTensor } from "../../artifact/mod.ts";
import type { OutputSlot } from "../../pipeline/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import { columnsOf, storedContainers } from "../sets/mod.ts";
import type { EncodedSplit, Waiting } from "./encoded.ts";
import { labelsOf } from "./labels.ts";

/** Writes where the pictures of a split lie, and reads none of them. */
export async function writeIndex(
  slot: OutputSlot,
  { encoded, rows, config }: EncodedSplit,
): Promise<Waiting> {
  const count = rows.length;
  const containers = rows.map((row) => encoded.at(row).container);
  const tensors: Readonly<Record<string, WritableTensor>> = {
    ...columnsOf(count, (index) => encoded.at(rows[index]!)),
    labels: labelsOf(encoded, rows),
    containers: hostTensor("u32", [count], containers),
  };
  const stored = await storedContainers(encoded.containers, slot.path);
  const writer = await slot.create({
    tensors,
    config: { ...config, form: "index", containers: stored },
  });
  for (const [name, { data }] of Object.entries(tensors)) {
    await writer.writeRows(name, { start: 0, data });
  }
  return writer;
}
