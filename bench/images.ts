/**
 * Images per second of whole models on the GPU, beside the authors' release on
 * the same card.
 *
 * @module
 */
import { Argument, Command, Option } from "commander";
import type { Precision } from "../lib/engine/webgpu/mod.ts";
import { PAPER_VAE, PRESETS } from "../lib/preset/checked.ts";
import type { WeightsDType } from "../lib/workflow/options/mod.ts";
import { type BenchCase, GUIDANCE } from "./cases.ts";
import { openGpu } from "./engines.ts";
import { emit } from "./output.ts";
import { parseCount } from "./parse_count.ts";
import {
  addReleaseFlags,
  peersOnCuda,
  placeOf,
  type ReleaseFlags,
  turnsOf,
} from "./release.ts";
import { type BenchCases, runBench } from "./run.ts";
import { SIZES } from "./structure/sizes.ts";
import { resultTable } from "./table.ts";
import {
  arConfigOf,
  MODEL_SIZES,
  type ModelSize,
} from "./weights/random_model.ts";
import type { Work } from "./work.ts";

/** A model of the release, or the tiny preset, for software adapters. */
type ImageSize = ModelSize | "tiny";

const IMAGE_SIZES: readonly ImageSize[] = [...MODEL_SIZES, "tiny"];

const BATCHES: readonly number[] = [1, 8, 64, 256];

/** What our matrices are held in. */
const WEIGHTS: Readonly<Record<Precision, WeightsDType>> = {
  f32: "f32",
  f16: "f16",
  i8: "q8",
};

interface Flags extends ReleaseFlags {
  readonly size: ImageSize;
  readonly precision: Precision;
  readonly steps: number;
}

/** `bench images`. */
export function imagesCommand(): Command {
  return addReleaseFlags(new Command("images"))
    .description(
      "Measure whole images on the GPU, beside the release in bfloat16 on " +
        "the same card (CUDA), eager and compiled",
    )
    .addArgument(
      new Argument("[batches...]", "images at once")
        .argParser(parseBatch).default(BATCHES, BATCHES.join(" ")),
    )
    .addOption(
      new Option("--size <model>", "whose sizes")
        .choices(IMAGE_SIZES).default("B"),
    )
    .addOption(
      new Option(
        "--precision <choice>",
        "how close we compute and hold weights",
      )
        .choices(Object.keys(WEIGHTS)).default("f32"),
    )
    .addOption(
      new Option("--steps <count>", "solver steps of a token")
        .argParser(parseCount).default(100),
    )
    .action(compareImages);
}

/** Collects batches, which stand in place of the default ones. */
function parseBatch(text: string, earlier: readonly number[]): number[] {
  const batch = parseCount(text);
  return earlier === BATCHES ? [batch] : [...earlier, batch];
}

async function compareImages(
  batches: readonly number[],
  flags: Flags,
): Promise<void> {
  const place = placeOf(flags);
  const engine = await openGpu({ precision: flags.precision });
  try {
    const document = await runBench(engine, casesOf(batches, flags), {
      ...turnsOf(flags),
      peers: place && peersOnCuda(place),
    });
    const text = resultTable(document);
    await emit(document, { text, output: flags.output });
  } finally {
    await engine.close();
  }
}

/** A case for each batch. */
export function casesOf(
  batches: readonly number[],
  { size, precision, steps }: Pick<Flags, "size" | "precision" | "steps">,
): BenchCases {
  const { ar, vae } = modelOf(size);
  const weights = WEIGHTS[precision];
  const cases = batches.map((images): [string, BenchCase] => {
    const work: Work<"images"> = {
      kind: "images",
      ar,
      vae,
      images,
      steps,
      guidance: GUIDANCE,
      weights,
    };
    const summary = `${images} guided images of ${size} at once, ` +
      `${steps} steps, weights ${weights}`;
    return [
      `${size}-batch-${images}`,
      { summary, unit: "batch", work, iterations: 1 },
    ];
  });
  return Object.fromEntries(cases);
}

function modelOf(size: ImageSize): Pick<Work<"images">, "ar" | "vae"> {
  return size === "tiny"
    ? { ar: SIZES.tiny.ar, vae: PRESETS.tiny.vae }
    : { ar: arConfigOf({ size, side: PAPER_VAE.image_size }), vae: PAPER_VAE };
}
