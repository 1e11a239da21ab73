import { join } from "node:path";
import sharp from "sharp";
import { encodePng, picture } from "../../../lib/image/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { type Bytes, spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";

const SIDE = 40;
const FORMATS = ["jpeg", "png", "webp", "gif", "tiff"] as const;

/** A noisy picture on a ramp. */
function noisy(): Uint8Array {
  const draws = new RandomStream({ seed: 1, stream: "fuzzed picture" });
  return Uint8Array.from(
    { length: SIDE * SIDE * 3 },
    (_, i) => (i / 19 + draws.integer(40)) % 256,
  );
}

async function encoded(format: typeof FORMATS[number]): Promise<Bytes> {
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const image = sharp(noisy(), { raw }).toFormat(format);
  return new Uint8Array(await image.toBuffer());
}

/** Pictures of a folder, one of them spoiled, decoded and cropped. */
export const PICTURES: FuzzTarget = {
  name: "pictures",
  seeds: async () =>
    await Promise.all(
      FORMATS.map(async (format) => ({
        extension: format,
        bytes: await encoded(format),
      })),
    ),
  spoil: spoiled,
  place(name) {
    const stem = name.replace(/\..*$/, "");
    return join(stem, "class", name);
  },
  async prepare(folder) {
    // Without a good one nothing could be left to train on.
    await Deno.mkdir(join(folder, "good"));
    const pixels = { width: SIDE, height: SIDE };
    const file = await encodePng(picture(noisy(), pixels));
    await Deno.writeFile(join(folder, "good/good.png"), file);
  },
  command(path) {
    const set = join(path, "../..");
    const outputs = "-o train.safetensors --heldout heldout.safetensors";
    return [
      "prepare",
      ...["--dataset", `folder:${set}`, "--size", "8", "--heldout-share", "0"],
      ...[...outputs.split(" "), "--force", "-q"],
    ];
  },
};
