import { join } from "node:path";
import {
  openSafetensors,
  type SafetensorsReader,
} from "../../lib/artifact/mod.ts";
import { type WeightSet, writeTorch } from "../../lib/interop/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { ROOT } from "./run_cli.ts";

/** The recorded sampling runs, with their weights. */
export const RECORDED = join(ROOT, "test/golden/sample.safetensors");
/** What stands before the weights of a recording. */
export const PREFIX = "weights/";

/** The recorded weights as a set; those of the AR model times a factor. */
export function recordedSet(
  reader: SafetensorsReader,
  factor: number,
): WeightSet {
  const names = [...reader.tensors.keys()]
    .filter((name) => name.startsWith(PREFIX));
  return {
    tensors: new Map(
      names.map((
        name,
      ) => [name.slice(PREFIX.length), reader.tensors.get(name)!]),
    ),
    async readRows(name, rows) {
      const bytes = (await reader.readBytes(PREFIX + name, rows)).slice();
      if (name.startsWith("vae.")) return bytes;
      const values = new Float32Array(bytes.buffer).map((x) => x * factor);
      return new Uint8Array(values.buffer);
    },
  };
}

/**
 * Writes `release.pt` as the release lays out a checkpoint, with halved averaged
 * weights, and `sizes.json` with what its tensors do not show.
 */
async function writeCheckpoint(
  folder: string,
  recorded: SafetensorsReader,
): Promise<void> {
  await writeTorch(join(folder, "release.pt"), {
    model: recordedSet(recorded, 1),
    ema: recordedSet(recorded, 0.5),
  });
  const sizes = JSON.stringify({ ar: { n_head: 2 } });
  await Deno.writeTextFile(join(folder, "sizes.json"), sizes);
}

/** Runs a test beside a checkpoint laid out as the release's: model and ema. */
export function withCheckpoint(
  test: (folder: string, recorded: SafetensorsReader) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      const recorded = await openSafetensors(RECORDED);
      await writeCheckpoint(folder, recorded);
      await test(folder, recorded);
      recorded.close();
    });
}
