import { defineStage } from "../lib/pipeline/mod.ts";
import {
  MODEL_INPUTS,
  SAMPLING_OPTIONS,
  settledSampling,
} from "../lib/workflow/options/mod.ts";

/** Samples images from an AR model and decodes them (Section 3.2). */
export const stage = defineStage({
  name: "sample",
  summary: "Sample images: tokens by the AR model and its head, then decode",
  examples: [{
    does: "forty pictures, as an artifact and in one grid",
    args:
      "--ar ar.safetensors --svae svae.safetensors --count 40 -o samples.safetensors --grid samples.png",
  }, {
    does: "two classes of an imported model of the release",
    args: "--model b.safetensors --classes otter,207 --count 2 --grid two.png",
  }, {
    does: "sixty-four images of one class, and two of them again",
    args: "--model b.safetensors --classes otter --seeds 0-63 --png otters/",
  }, {
    does: "the same two as a grid",
    args: "--model b.safetensors --classes otter --seeds 5,17 --grid two.png",
  }],
  version: 3,
  shares: true,
  inputs: {
    ...MODEL_INPUTS,
    like: {
      kind: "images",
      help: "draw as many images of each class as these have, in their order",
      optional: true,
    },
  },
  outputs: {
    samples: {
      kind: "samples",
      help: "images, classes and tokens",
      unless: ["npz", "png", "grid", "trace"],
    },
    npz: {
      kind: "file",
      extension: "npz",
      help: "all images as ADM's evaluator takes them",
      optional: true,
    },
    png: { kind: "folder", help: "one picture each", optional: true },
    grid: {
      kind: "file",
      extension: "png",
      help: "the first 100 images in one picture",
      optional: true,
    },
    trace: {
      kind: "tokens",
      help: "tokens, and the images that they decode to before rounding",
      optional: true,
    },
  },
  options: SAMPLING_OPTIONS,
  settle: settledSampling,
  async fingerprint({ noise }) {
    if (noise === undefined) return undefined;
    const { digestFile } = await import("../lib/artifact/mod.ts");
    return await digestFile(noise);
  },
  async check(context) {
    const { planSamples } = await import("../lib/workflow/sample/mod.ts");
    await planSamples(context);
  },
  async estimate(given) {
    const { estimateSamples } = await import("../lib/workflow/sample/mod.ts");
    return await estimateSamples(given);
  },
  async run(context) {
    const { runSample } = await import("../lib/workflow/sample/mod.ts");
    return await runSample(context);
  },
});
