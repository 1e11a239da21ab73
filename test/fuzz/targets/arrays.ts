import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import type { RandomStream } from "../../../lib/random/mod.ts";
import { entriesOf, zipOf } from "../../lib/interop/_archives.ts";
import { npyOf, npzOf, type TestArray } from "../../lib/interop/_arrays.ts";
import { type Bytes, spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";

const SIDE = 8;
const COUNT = 3;
const REFERENCE = "reference.safetensors";

/** How samples say that they were made. */
function madeArray(): TestArray {
  const made = {
    config: { sampling: { cfg: 2 }, models: { ar: { ema: 0.9 } } },
    recipe: { stage: "sample", options: { classes: "balanced" }, seed: 1 },
    inputs: { ar: "ab" },
  };
  const data = [...new TextEncoder().encode(JSON.stringify(made))];
  return { descr: "|u1", shape: [data.length], data };
}

/** Three small images, with the statistics that references have. */
const ARRAYS: Readonly<Record<string, TestArray>> = {
  arr_0: {
    descr: "|u1",
    shape: [COUNT, SIDE, SIDE, 3],
    data: Array.from({ length: COUNT * SIDE * SIDE * 3 }, (_, k) => k * 37),
  },
  arr_1: { descr: "<i8", shape: [COUNT], data: [0, 1, 0] },
  spherear: madeArray(),
  mu: { descr: "<f8", shape: [2], data: [1, 2] },
  sigma: { descr: "<f8", shape: [2, 2], data: [2, 1, 1, 2] },
};

/** The same, deflated as np.savez_compressed does. */
function deflatedNpz(): Bytes {
  return zipOf(
    Object.entries(ARRAYS).map(([name, array]) => {
      const whole = npyOf(array);
      const data = deflateRawSync(whole);
      return {
        name: `${name}.npy`,
        data,
        method: 8,
        size: whole.length,
        packed: data.length,
        crc: crc32(whole),
      };
    }),
  );
}

/** Often the arrays themselves, under checksums that fit. */
async function spoiledNpz(bytes: Bytes, draws: RandomStream): Promise<Bytes> {
  const isStored = bytes[8] === 0;
  if (!isStored || draws.integer(3) === 0) return spoiled(bytes, draws);
  const entries = await entriesOf(bytes);
  const chosen = draws.integer(entries.length);
  return zipOf(
    entries.map((entry, k) =>
      k === chosen
        ? { ...entry, data: spoiled(entry.data as Bytes, draws) }
        : entry
    ),
  );
}

/** Archives of arrays as reconstructions, which are compared with images. */
export const ARRAY_ARCHIVES: FuzzTarget = {
  name: "arrays",
  seeds: () =>
    Promise.resolve([
      { extension: "npz", bytes: npzOf(ARRAYS) },
      { extension: "npz", bytes: deflatedNpz() },
    ]),
  spoil: spoiledNpz,
  async prepare(folder) {
    const shape = [COUNT, SIDE, SIDE, 3];
    const pixels = Uint8Array.from(
      { length: COUNT * SIDE * SIDE * 3 },
      (_, k) => k * 11,
    );
    await writeArtifact(join(folder, REFERENCE), {
      kind: "images",
      tensors: {
        images: hostTensor("u8", shape, pixels),
        labels: hostTensor("i32", [COUNT], new Int32Array(COUNT)),
      },
      config: { classes: ["one"], flips: [false] },
    });
  },
  command: (path) => [
    "evaluate",
    ...["--reconstructions", path, "--reference", REFERENCE],
    ...["--metrics", "psnr", "--device", "reference", "-q"],
    ...["-o", "out.safetensors", "--force"],
  ],
};
