import { defineStage } from "../../pipeline/mod.ts";
import { openForeignSet } from "../measure/mod.ts";
import { estimateSamples } from "../sample/mod.ts";
import {
  type KnownReferences,
  planPoint,
  POINT_STAGE,
  runPoint,
  samplingOf,
} from "./point.ts";
import { POINT_OPTIONS } from "./point_options.ts";

/**
 * A point of a sweep as a step: its images are sampled, measured and, unless they
 * are asked for, gone when the figures are there.
 *
 * @param folder of the sweep
 */
export function pointStage(folder: string) {
  const references: KnownReferences = new Map();
  return defineStage({
    name: POINT_STAGE,
    summary: "Sample images by one combination of numbers and measure them",
    examples: [{ does: "this is no command of its own", args: "" }],
    version: 3,
    shares: true,
    inputs: {
      model: { kind: "model", help: "both models", optional: true },
      ar: { kind: "ar", help: "AR model", unless: "model" },
      svae: { kind: ["svae", "model"], help: "S-VAE", unless: "model" },
      reference: {
        kind: ["samples", "images", "features", "statistics"],
        foreign: openForeignSet,
        help: "real images, their features, or statistics of them",
      },
      network: { kind: ["network", "classifier"], help: "what looks at them" },
    },
    outputs: {
      metrics: { kind: "metrics", help: "the figures" },
      samples: { kind: "samples", help: "the images", optional: true },
    },
    options: POINT_OPTIONS,
    async check(context) {
      await planPoint(context);
    },
    async estimate({ inputs, options, seed }) {
      return await estimateSamples({
        inputs: { ...inputs, like: undefined },
        options: samplingOf(options),
        seed,
      });
    },
    run: (context) => runPoint(context, { folder, references }),
  });
}
