/**
 * Weights in several types: what they take in memory and time at the release's
 * sizes, and what they cost in accuracy.
 *
 * @module
 */
import { Argument, Command, Option } from "commander";
import { UserError } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import {
  WEIGHTS_DTYPES,
  type WeightsDType,
} from "../../lib/workflow/options/mod.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { agreementCommand } from "./agreement_command.ts";
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import { measureSize, type SizeReport, type StartReport } from "./processes.ts";
import {
  MODEL_SIZES,
  type ModelSize,
  type ReleaseSize,
} from "./random_model.ts";
import { sideOption } from "./side_option.ts";

interface SizesFlags {
  readonly side: ReleaseSize["side"];
  readonly dtypes: readonly WeightsDType[];
  readonly steps: number;
  readonly tokens: number;
  readonly output?: string;
}

interface AccuracyFlags {
  readonly count: number;
  readonly steps: number;
  readonly ar?: string;
  readonly svae?: string;
  readonly model?: string;
  readonly output?: string;
}

/** `bench weights`. */
export function weightsCommand(): Command {
  return new Command("weights")
    .description("Measure weights in f32, f16 and 8 bits on the CPU engine")
    .addCommand(sizesCommand())
    .addCommand(accuracyCommand())
    .addCommand(agreementCommand());
}

function sizesCommand(): Command {
  return new Command("sizes")
    .description(
      "Memory, starts and speed with random weights of the release's sizes, " +
        "batch 1, guided; Linux only",
    )
    .addArgument(
      new Argument("[sizes...]", "models; all where none is named")
        .choices(MODEL_SIZES),
    )
    .addOption(sideOption())
    .addOption(
      new Option("--dtypes <types>", "comma-separated")
        .argParser(parseTypes).default(WEIGHTS_DTYPES),
    )
    .addOption(
      new Option("--steps <count>", "solver steps of a token")
        .argParser(parseCount).default(100),
    )
    .addOption(
      new Option("--tokens <count>", "tokens that are timed")
        .argParser(parseCount).default(3),
    )
    .option(...OUTPUT)
    .action(async (named: ModelSize[], flags: SizesFlags) => {
      const { side, dtypes, output, ...work } = flags;
      const document: Record<string, SizeReport> = {};
      for (const size of named.length > 0 ? named : MODEL_SIZES) {
        for (const dtype of dtypes) {
          const name = `${size} ${side} ${dtype}`;
          console.error(name);
          const all = { ...work, size, side, dtype };
          document[name] = await measureSize(all);
        }
      }
      await emit(document, { text: sizesTable(document), output });
    });
}

function accuracyCommand(): Command {
  return new Command("accuracy")
    .description(
      "Distance of images to those of f32 weights, same seed and classes",
    )
    .option("--model <file>", "AR model and S-VAE in one file")
    .option("--ar <file>", "trained AR model")
    .option("--svae <file>", "trained S-VAE")
    .addOption(
      new Option("--count <images>").argParser(parseCount).default(32),
    )
    .addOption(
      new Option("--steps <count>", "solver steps of a token")
        .argParser(parseCount).default(25),
    )
    .option(...OUTPUT)
    .action(async ({ output, ...flags }: AccuracyFlags) => {
      const document = await measureAccuracy({
        ...flags,
        solver: "euler-maruyama",
        guidance: { cfg: 3, schedule: "linear" },
      });
      await emit(document, { text: accuracyTable(document), output });
    });
}

function parseTypes(text: string): WeightsDType[] {
  return text.split(",").map((name) => {
    const known = WEIGHTS_DTYPES.find((dtype) => dtype === name);
    if (known !== undefined) return known;
    throw new UserError(
      `Cannot measure "${name}": expected ${WEIGHTS_DTYPES.join(", ")}`,
    );
  });
}

const SIZES_HEAD = [
  "model",
  "first start s",
  "second start s",
  "s / token",
  "resident GB",
  "highest GB",
  "share of two GB",
];

function sizesTable(document: Readonly<Record<string, SizeReport>>): string {
  const rows = Object.entries(document).map(([name, report]) => {
    const { first, together } = report;
    const most = (of: (start: StartReport) => number) =>
      Math.max(...[first, ...together].map(of));
    return [
      name,
      first.startSeconds.toFixed(1),
      Math.max(...together.map((each) => each.startSeconds)).toFixed(1),
      first.tokenSeconds.toFixed(3),
      gigabytes(most((start) => start.residentBytes)),
      gigabytes(most((start) => start.highestBytes)),
      gigabytes(Math.max(...together.map((each) => each.proportionalBytes))),
    ];
  });
  return table([SIZES_HEAD, ...rows], { right: [1, 2, 3, 4, 5, 6] }).join("\n");
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}

const ACCURACY_HEAD = ["weights", "token distance", "pixel PSNR dB"];

function accuracyTable(document: Readonly<Record<string, Accuracy>>): string {
  const rows = Object.entries(document).map(([name, accuracy]) => [
    name,
    accuracy.tokenDistance.toPrecision(3),
    accuracy.pixelDecibels.toFixed(1),
  ]);
  return table([ACCURACY_HEAD, ...rows], { right: [1, 2] }).join("\n");
}
