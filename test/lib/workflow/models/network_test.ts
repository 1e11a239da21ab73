import assert from "node:assert/strict";
import {
  type ArtifactContents,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { readNetwork } from "../../../../lib/workflow/models/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights } from "../../model/_models.ts";
import { classifierShapes } from "../../../../lib/model/mod.ts";
import { CONFIG } from "../features/_classifier.ts";

const { name: _, ...SIZES } = CONFIG;
const CLASSIFIER: ArtifactContents = {
  kind: "classifier",
  config: SIZES,
  tensors: randomWeights(classifierShapes(CONFIG)),
};

/** Reads a network from an artifact; what it says of it. */
async function reading(contents: ArtifactContents) {
  let config: unknown;
  await inFolder(async (folder) => {
    const path = `${folder}/network.safetensors`;
    await writeArtifact(path, contents);
    const reader = await openArtifact(path);
    try {
      config = (await readNetwork(reader)).config;
    } finally {
      reader.close();
    }
  });
  return config;
}

Deno.test("readNetwork() takes a trained classifier", async () => {
  assert.deepEqual(await reading(CLASSIFIER), CONFIG);
});

Deno.test("readNetwork() refuses files of networks that it does not know, or without their weights", async () => {
  const tensors = { x: hostTensor("f32", [1], Float32Array.of(1)) };
  const refused: Readonly<Record<string, readonly [ArtifactContents, RegExp]>> =
    {
      "another network": [
        { kind: "network", config: { name: "vgg16-lpips" }, tensors },
        /config\.name: expected one of inception.*, found "vgg16-lpips"/,
      ],
      "no name": [
        { kind: "network", config: {}, tensors },
        /config\.name: expected one of .*, found undefined/,
      ],
      "no weights": [
        {
          kind: "network",
          config: { name: "inception-2015-12-05" },
          tensors,
        },
        /"Conv2d_1a_3x3\.weight" must be f32 \[32,3,3,3\], found nothing/,
      ],
    };
  for (const [what, [contents, message]] of Object.entries(refused)) {
    await assert.rejects(() => reading(contents), (error) => {
      assert.ok(error instanceof UserError, what);
      assert.match(error.message, message);
      return true;
    });
  }
});
