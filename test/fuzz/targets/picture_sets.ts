import { dirname, join } from "node:path";
import sharp from "sharp";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { type Bytes, spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";

const SIDE = 16;
const FORMATS = ["jpeg", "png", "webp", "gif", "tiff"] as const;
const REFERENCE = "reference.safetensors";

function pixels(): Uint8Array<ArrayBuffer> {
  const draws = new RandomStream({ seed: 1, stream: "fuzzed set" });
  return Uint8Array.from(
    { length: SIDE * SIDE * 3 },
    (_, i) => (i / 7 + draws.integer(30)) % 256,
  );
}

async function encoded(format: typeof FORMATS[number]): Promise<Bytes> {
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const image = sharp(pixels(), { raw }).toFormat(format);
  return new Uint8Array(await image.toBuffer());
}

/** A plain folder of two pictures, one of them spoiled, as reconstructions. */
export const PICTURE_SETS: FuzzTarget = {
  name: "picture-sets",
  seeds: async () =>
    await Promise.all(
      FORMATS.map(async (format) => ({
        extension: format,
        bytes: await encoded(format),
      })),
    ),
  spoil: spoiled,
  place: (name) => join(name.replace(/\..*$/, ""), name),
  beside: async () => ({ "good.png": await encoded("png") }),
  async prepare(folder) {
    const both = new Uint8Array(2 * SIDE * SIDE * 3);
    both.set(pixels());
    await writeArtifact(join(folder, REFERENCE), {
      kind: "images",
      tensors: {
        images: hostTensor("u8", [2, SIDE, SIDE, 3], both),
        labels: hostTensor("i32", [2], new Int32Array(2)),
      },
      config: { classes: ["one"], flips: [false] },
    });
  },
  command: (path) => [
    "evaluate",
    ...["--reconstructions", dirname(path), "--reference", REFERENCE],
    ...["--metrics", "psnr", "--device", "reference", "-q"],
    ...["-o", "out.safetensors", "--force"],
  ],
};
