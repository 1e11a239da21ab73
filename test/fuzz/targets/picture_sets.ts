import { dirname, join } from "node:path";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";
import { encodedRamp, encodedSeeds, rampPixels } from "./_encoded.ts";

const SIDE = 16;
const RAMP = { side: SIDE, stream: "fuzzed set", run: 7, noise: 30 };
const REFERENCE = "reference.safetensors";

/** A plain folder of two pictures, one of them spoiled, as reconstructions. */
export const PICTURE_SETS: FuzzTarget = {
  name: "picture-sets",
  seeds: () => encodedSeeds(RAMP),
  spoil: spoiled,
  place: (name) => join(name.replace(/\..*$/, ""), name),
  beside: async () => ({ "good.png": await encodedRamp(RAMP, "png") }),
  async prepare(folder) {
    const both = new Uint8Array(2 * SIDE * SIDE * 3);
    both.set(rampPixels(RAMP));
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
