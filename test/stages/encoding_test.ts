import assert from "node:assert/strict";
import {
  openArtifact,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";
import { assertClose } from "../tensors.ts";
import { runStages, writeImages } from "./measuring_run.ts";

const { image_size: SIDE, latent_dim: D } = VAE;
const TOKENS = (SIDE / VAE.patch_size) ** 2;
const COUNT = 3;

const INPUTS = 'svae = "svae.safetensors", images = "images.safetensors"';
const ENCODE = `
[stages.encode]
inputs = { ${INPUTS} }
options = { batch = 2 }
`;
const CACHE = `
[stages.cache]
inputs = { ${INPUTS} }
`;

function decode(latents: string, options = ""): string {
  return `
[stages.decode]
inputs = { svae = "svae.safetensors", latents = "${latents}" }
options = { batch = 2${options} }
`;
}

type Tensors = ReadonlyMap<string, HostTensor>;

/** Runs stages and reads one output. */
async function made(
  folder: string,
  text: string,
  [step, output]: readonly [string, string],
): Promise<Tensors> {
  const run = await runStages(folder, text);
  const reader = await openArtifact(run.path(step, output));
  try {
    return await reader.readAll();
  } finally {
    reader.close();
  }
}

/** Runs a test beside an S-VAE and images. */
function withImages(test: (folder: string) => Promise<void>) {
  return () =>
    inFolder(async (folder) => {
      await writeArtifact(`${folder}/svae.safetensors`, {
        kind: "svae",
        tensors: randomWeights(vaeShapes(VAE)),
        config: { ...VAE },
      });
      const images = { count: COUNT, seed: 1, size: SIDE };
      await writeImages(`${folder}/images.safetensors`, images);
      await test(folder);
    });
}

Deno.test(
  "encode leaves what cache has of the first view, and one draw of each",
  withImages(async (folder) => {
    const encoded = await made(folder, ENCODE, ["encode", "latents"]);
    const { mu, kappa, sample } = Object.fromEntries(encoded);
    assert.deepEqual(mu!.shape, [COUNT, 1, TOKENS, D]);
    assert.deepEqual(kappa!.shape, [COUNT, 1, TOKENS]);
    assert.deepEqual(sample!.shape, mu!.shape);
    const cached = (await made(folder, CACHE, ["cache", "latents"])).get("mu")!;
    const first = Array.from({ length: COUNT }, (_, image) => {
      const start = image * cached.data.length / COUNT;
      return [...cached.data.subarray(start, start + TOKENS * D)];
    }).flat();
    const expected = hostTensor("f32", mu!.shape, Float32Array.from(first));
    assertClose(mu!, expected, { what: "mu", tolerance: 1e-6 });
  }),
);

Deno.test(
  "reconstruct is encode, then decode",
  withImages(async (folder) => {
    const chain = `${ENCODE}${decode("encode.latents")}
[stages.reconstruct]
inputs = { ${INPUTS} }
options = { batch = 2 }
`;
    const decoded = await made(folder, chain, ["decode", "samples"]);
    const whole = await made(folder, chain, ["reconstruct", "reconstructions"]);
    for (const name of ["images", "labels", "tokens"]) {
      assert.deepEqual(decoded.get(name), whole.get(name), name);
    }
  }),
);

Deno.test(
  "decode makes a sample's images of its tokens",
  withImages(async (folder) => {
    await writeArtifact(`${folder}/ar.safetensors`, {
      kind: "ar",
      tensors: randomWeights(arShapes(AR)),
      config: { ...AR, classes: ["a", "b", "c"] },
    });
    const chain = `
[stages.sample]
inputs = { ar = "ar.safetensors", svae = "svae.safetensors" }
options = { steps = 2, count = 3 }
${decode("sample.samples")}`;
    const sampled = await made(folder, chain, ["sample", "samples"]);
    const decoded = await made(folder, chain, ["decode", "samples"]);
    assert.deepEqual(decoded.get("labels"), sampled.get("labels"));
    const [found, expected] = [decoded, sampled]
      .map((set) => set.get("images")!.data as Uint8Array);
    // Batches of another size round another way.
    const far = found!.findIndex((byte, i) =>
      !(Math.abs(byte - expected![i]!) <= 1)
    );
    assert.equal(far, -1);
  }),
);

Deno.test(
  "decode takes the means of a cache, and says where draws are missing",
  withImages(async (folder) => {
    const chain = CACHE + decode("cache.latents", ", mean = true");
    const decoded = await made(folder, chain, ["decode", "samples"]);
    const tokens = decoded.get("tokens")!;
    assert.deepEqual(tokens.shape, [COUNT, TOKENS, D]);
    for (let start = 0; start < tokens.data.length; start += D) {
      const radius = Math.hypot(...tokens.data.subarray(start, start + D));
      assert.ok(Math.abs(radius - Math.sqrt(D)) <= 1e-5, `${radius}`);
    }
    await assert.rejects(
      runStages(folder, CACHE + decode("cache.latents")),
      (error) =>
        error instanceof UserError &&
        /expected a tensor "sample", found none; --mean/.test(error.message),
    );
  }),
);

Deno.test(
  "decode refuses tokens and labels that do not fit, and means of what has none",
  withImages(async (folder) => {
    const cases: [number, string, RegExp][] = [
      [9, "", /holds 1 x 9 tokens of 4 numbers, the S-VAE has 4 of 4$/],
      [9, ", mean = true", /expected kind latents, found "tokens"$/],
      [4, "", /label 1 of image 0 is out of range, expected 0 to 0$/],
    ];
    for (const [length, options, message] of cases) {
      const numbers = new Float32Array(length * D);
      await writeArtifact(`${folder}/tokens.safetensors`, {
        kind: "tokens",
        tensors: {
          tokens: hostTensor("f32", [1, length, D], numbers),
          labels: hostTensor("i32", [1], Int32Array.of(1)),
        },
        config: { classes: ["a"] },
      });
      await assert.rejects(
        runStages(folder, decode("tokens.safetensors", options)),
        (error) => error instanceof UserError && message.test(error.message),
      );
    }
  }),
);
