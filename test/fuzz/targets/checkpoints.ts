import { join } from "node:path";
import { type WeightSet, writeTorch } from "../../../lib/interop/mod.ts";
import { vaeShapes, vaeTables } from "../../../lib/model/mod.ts";
import type { RandomStream } from "../../../lib/random/mod.ts";
import type { HostTensor } from "../../../lib/tensor/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";
import {
  entriesOf,
  type TestEntry,
  zipOf,
} from "../../lib/interop/_archives.ts";
import { randomWeights, VAE } from "../../lib/model/_models.ts";
import { type Bytes, spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";

/** A small S-VAE as the release's checkpoints have it. */
function smallSet(): WeightSet {
  const tables = Object.entries(vaeTables(VAE))
    .map(([name, table]) => [name, table.values()] as const);
  const entries = [...Object.entries(randomWeights(vaeShapes(VAE))), ...tables]
    .map(([name, weight]) => [`vae.${name}`, weight] as const);
  const weights = new Map<string, HostTensor<"f32">>(entries);
  return {
    tensors: new Map(
      entries.map(([name, { shape }]) => [name, { dtype: "F32", shape }]),
    ),
    readRows(name, { start, count }) {
      const { shape, data } = weights.get(name)!;
      const inner = data.length / (shape[0] ?? 1);
      const rows = data.slice(start * inner, (start + count) * inner);
      return Promise.resolve(new Uint8Array(rows.buffer));
    },
  };
}

async function checkpoint(): Promise<Bytes> {
  const found: Bytes[] = [];
  await inFolder(async (folder) => {
    const path = join(folder, "small.pt");
    await writeTorch(path, { model: smallSet(), ema: smallSet() });
    found.push(await Deno.readFile(path));
  });
  return found[0]!;
}

/** An archive whose pickle is spoiled, under checksums that fit. */
export function withSpoiledPickle(
  entries: readonly TestEntry[],
  draws: RandomStream,
): Bytes {
  return zipOf(
    entries.map((entry) =>
      entry.name.endsWith("/data.pkl")
        ? { ...entry, data: spoiled(entry.data as Bytes, draws) }
        : entry
    ),
  );
}

/** Checkpoints of PyTorch, imported. */
export const CHECKPOINTS: FuzzTarget = {
  name: "checkpoints",
  async seeds() {
    const legacy = join(import.meta.dirname!, "../../lib/interop/legacy.pt");
    const zip = { extension: "pt", bytes: await checkpoint() };
    // Of another model, so that it is refused where all of it has been read.
    const old = { ...zip, bytes: await Deno.readFile(legacy), unsound: true };
    return [zip, zip, old];
  },
  async spoil(bytes, draws) {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    if (!isZip || draws.integer(4) === 0) return spoiled(bytes, draws);
    return withSpoiledPickle(await entriesOf(bytes), draws);
  },
  command: (path) => ["import", path, "-o", "out.safetensors", "--force", "-q"],
};
