import assert from "node:assert/strict";
import {
  digestFile,
  UserError,
  writeArtifact,
} from "../../lib/artifact/mod.ts";
import { vaeShapes } from "../../lib/model/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { randomWeights } from "../lib/model/_models.ts";
import { runStages, writeImages } from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const { vae } = PRESETS.tiny;

/** Images, a VAE of the tiny preset's sizes, and images that it does not fit. */
async function writeInputs(folder: string): Promise<void> {
  const { image_size: size } = vae;
  await writeImages(`${folder}/train.safetensors`, { count: 5, seed: 1, size });
  await writeImages(`${folder}/small.safetensors`, {
    count: 2,
    seed: 1,
    size: 16,
  });
  await writeArtifact(`${folder}/svae.safetensors`, {
    kind: "svae",
    tensors: randomWeights(vaeShapes(vae)),
    config: { ...vae },
  });
}

function trainAr(inputs: string): string {
  return `
    [stages.cache]
    inputs = { images = "train.safetensors", svae = "svae.safetensors" }
    outputs = { latents = "latents/" }
    options = { batch = 4, dtype = "f16" }
    [stages.train-ar]
    inputs = { ${inputs} }
    options = { steps = 3, batch = 2, set = ["ar.n_layer=1"] }
  `;
}

const ON_IMAGES = 'images = "train.safetensors", svae = "svae.safetensors"';
const LATENTS = 'latents = "cache.latents"';

for (
  const [what, inputs] of [
    ["images that it encodes", ON_IMAGES],
    ["a folder of latents of 16 bits", LATENTS],
  ] as const
) {
  Deno.test({
    name: `train-ar on ${what} gives the bytes of its seed, also after a cut` +
      (reason === "" ? "" : ` (ignored: ${reason})`),
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        await writeInputs(folder);
        const [text, how] = [trainAr(inputs), { engine: engine! }];
        const run = await runStages(folder, text, how);
        const path = run.path("train-ar", "ar");
        const expected = await digestFile(path);
        const again = await runStages(folder, text, how);
        const states = again.results.map(({ state }) => state);
        assert.deepEqual(states, ["done", "done"]);
        await Deno.remove(path);
        await assert.rejects(runStages(folder, text, { ...how, cutAt: 2 }), {
          name: "AbortError",
        });
        const { lines } = await runStages(folder, text, how);
        assert.match(lines.join("\n"), /train-ar +runs: it was cut, goes on/);
        assert.equal(await digestFile(path), expected);
      }),
  });
}

Deno.test("train-ar takes latents, or images with what encodes them", () =>
  inFolder(async (folder) => {
    await writeInputs(folder);
    const { image_size: size } = vae;
    const cases = [
      [
        'images = "train.safetensors"',
        /expected --svae, which encodes images$/,
      ],
      [
        `${ON_IMAGES}, latents = "train.safetensors"`,
        /expected kind latents, found "images"$/,
      ],
      [
        ON_IMAGES.replace("train", "small"),
        new RegExp(`its images are 16 x 16, expected ${size} x ${size}$`),
      ],
      ['svae = "svae.safetensors"', /inputs\.latents: .*found nothing$/],
    ] as const;
    for (const [inputs, message] of cases) {
      const text = trainAr(inputs).replace(/\[stages\.cache\][^[]*/, "");
      for (const dryRun of [true, false]) {
        await assert.rejects(runStages(folder, text, { dryRun }), (error) => {
          assert.ok(error instanceof UserError, `${error}`);
          assert.match(error.message, message);
          return true;
        });
      }
    }
  }));
