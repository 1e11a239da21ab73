import { join } from "node:path";
import { encodePng, picture } from "../../../lib/image/mod.ts";
import { spoiled } from "../bytes.ts";
import type { FuzzTarget } from "../target.ts";
import { encodedSeeds, rampPixels } from "./_encoded.ts";

const SIDE = 40;
const RAMP = { side: SIDE, stream: "fuzzed picture", run: 19, noise: 40 };

/** Pictures of a folder, one of them spoiled, decoded and cropped. */
export const PICTURES: FuzzTarget = {
  name: "pictures",
  seeds: () => encodedSeeds(RAMP),
  spoil: spoiled,
  place(name) {
    const stem = name.replace(/\..*$/, "");
    return join(stem, "class", name);
  },
  async prepare(folder) {
    // Without a good one nothing could be left to train on.
    await Deno.mkdir(join(folder, "good"));
    const pixels = { width: SIDE, height: SIDE };
    const file = await encodePng(picture(rampPixels(RAMP), pixels));
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
