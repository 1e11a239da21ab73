import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ArtifactContents,
  openArtifact,
  writeArtifact,
} from "../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { provenance } from "../../../../lib/workflow/features/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";

const SAMPLES: ArtifactContents = {
  kind: "samples",
  tensors: {
    images: hostTensor("u8", [1, 2, 2, 3], new Uint8Array(12)),
    labels: hostTensor("i32", [1], Int32Array.of(0)),
  },
  config: { classes: ["owl"], sampling: { cfg: 4.5 } },
  recipe: { stage: "sample", version: 1, options: { steps: 9 }, seed: 7 },
};

const NETWORK: ArtifactContents = {
  kind: "network",
  tensors: { x: hostTensor("f32", [1], Float32Array.of(1)) },
  config: { name: "inception-2015-12-05" },
  inputs: { weights: "ab".repeat(32) },
};

/** What features of these samples by a network say of where they are from. */
async function saying(network: ArtifactContents) {
  let found: Awaited<ReturnType<typeof provenance>> = {};
  let digest = "";
  await inFolder(async (folder) => {
    const open = async (name: string, contents: ArtifactContents) => {
      const path = join(folder, `${name}.safetensors`);
      await writeArtifact(path, contents);
      return await openArtifact(path);
    };
    const readers = {
      images: await open("samples", SAMPLES),
      network: await open("network", network),
    };
    found = await provenance(readers);
    digest = await readers.network.digest();
    for (const reader of Object.values(readers)) reader.close();
  });
  return { found, digest };
}

Deno.test("provenance() says what the samples were drawn with, and the weights as they were published", async () => {
  const { found: { source, ...rest } } = await saying(NETWORK);
  assert.deepEqual(rest, { weights: "ab".repeat(32), classes: ["owl"] });
  const { digest, ...said } = source as Record<string, unknown>;
  assert.match(String(digest), /^[0-9a-f]{64}$/);
  assert.deepEqual(said, {
    kind: "samples",
    config: { sampling: { cfg: 4.5 } },
    recipe: SAMPLES.recipe,
  });
});

Deno.test("provenance() takes the digest of a network that was trained here", async () => {
  const { inputs: _, ...trained } = NETWORK;
  const { found, digest } = await saying(trained);
  assert.equal(found["weights"], digest);
});
