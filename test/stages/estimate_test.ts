/** What dry runs count, beside what an engine counts while the stages run. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import {
  createLogger,
  type Estimate,
  estimateSteps,
  parsePipeline,
  planPipeline,
  runPlan,
} from "../../lib/pipeline/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { CountedEngine, type Engine } from "../../lib/tensor/mod.ts";
import { STAGES } from "../../stages/mod.ts";
import { openEngine } from "../engines.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { silentProgress, writeImages } from "./measuring_run.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

const SIDE = PRESETS.tiny.vae.image_size;

/** Every stage whose work is counted, with steps of its own. */
function text(set: readonly string[]): string {
  const options = `steps = 2, batch = 4, set = ${JSON.stringify(set)}`;
  return `
[stages.train-classifier]
inputs = { images = "train.safetensors" }
options = { steps = 2, batch = 4 }
[stages.extract-features]
inputs = { images = "train.safetensors", network = "train-classifier.classifier" }
options = { batch = 3 }
[stages.train-vae]
inputs = { images = "train.safetensors", perceptual = "train-classifier.classifier" }
options = { ${options} }
[stages.cache]
inputs = { images = "train.safetensors", svae = "train-vae.svae" }
options = { batch = 8, dtype = "f16" }
[stages.train-ar]
inputs = { latents = "cache.latents" }
options = { steps = 2, batch = 4, accumulate = 2 }
[stages.encoding]
uses = "train-ar"
inputs = { images = "train.safetensors", svae = "train-vae.svae" }
options = { steps = 2, batch = 4 }
[stages.sample]
inputs = { svae = "train-vae.svae", ar = "train-ar.ar" }
options = { count = 6, batch = 4, steps = "5:3" }
[stages.reconstruct]
inputs = { images = "train.safetensors", svae = "train-vae.svae" }
options = { batch = 4 }
`;
}

interface Counted {
  readonly flops: number;
  readonly bytes: number;
}

function costOf({ work = [] }: Estimate): Counted {
  const sum = (key: "flops" | "bytes") =>
    work.reduce((total, each) => total + each.runs * each[key], 0);
  return { flops: sum("flops"), bytes: sum("bytes") };
}

/** Both counts of each stage of a pipeline, by its name. */
async function counts(folder: string, set: readonly string[], real: Engine) {
  const plan = await planPipeline(
    parsePipeline(text(set), join(folder, "p.toml")),
    async (name) => (await STAGES[name]!()).stage,
  );
  const counted = new CountedEngine(real);
  const host = {
    engine: () => Promise.resolve(counted),
    remoteFiles: () => Promise.reject(new Error("No files of others")),
    progress: silentProgress(),
    log: createLogger({ write() {} }),
    signal: new AbortController().signal,
  };
  const results = await runPlan(plan, host, { dryRun: true });
  const estimates = await estimateSteps(plan, results, real);
  const found = [];
  for (const [i, step] of plan.steps.entries()) {
    counted.reset();
    await runPlan({ ...plan, steps: [step] }, host);
    const estimate = estimates[i]!;
    let bytes = 0;
    for (const path of Object.values(step.outputs)) {
      const reader = await openArtifact(path as string);
      reader.close();
      for (const { begin, end } of reader.tensors.values()) {
        bytes += end - begin;
      }
    }
    found.push({
      id: step.id,
      estimated: costOf(estimate),
      counted: counted.costPer(1),
      bytes: { estimated: estimate.bytes, left: bytes },
    });
  }
  return found;
}

/** Other sizes than tiny's: no perceptual term, a discriminator in its place. */
const THIN = [
  "vae.cnn_chs=[8,8,16,32]",
  "vae.z_channels=32",
  "vae.decoder_vit_layers=2",
  "training.adversarial.weight=0.1",
  "training.adversarial.batchNormRows=2",
];

const WIDTHS: Readonly<Record<string, readonly string[]>> = {
  "tiny": ["training.perceptual.weight=0.1"],
  "a thin model": [...THIN, "training.perceptual.weight=0.1"],
};

for (const [name, set] of Object.entries(WIDTHS)) {
  const why = reason === "" ? "" : ` (ignored: ${reason})`;
  Deno.test({
    name: `dry runs count the stages of ${name} as the engine does${why}`,
    ignore: engine === undefined,
    fn: () =>
      inFolder(async (folder) => {
        const images = { count: 16, seed: 1, size: SIDE };
        await writeImages(join(folder, "train.safetensors"), images);
        const found = await counts(folder, set, engine!);
        assert.equal(found.length, 8);
        for (const { id, estimated, counted, bytes } of found) {
          assert.ok(counted.flops > 1e7, id);
          assert.equal(estimated.flops, counted.flops, id);
          // Draws of reconstruct are not counted: they are no products.
          const more = counted.bytes - estimated.bytes;
          assert.ok(more >= 0 && more <= 0.05 * counted.bytes, `${id} ${more}`);
          assert.equal(bytes.estimated, bytes.left, id);
        }
      }),
  });
}
