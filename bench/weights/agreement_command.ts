import { Argument, Command, Option } from "commander";
import { UserError } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import { DEVICE_NAMES, type DeviceName, OPEN_ENGINE } from "../engines.ts";
import { emit, OUTPUT } from "../output.ts";
import {
  type Agreement,
  measureAgreement,
  type PartAgreement,
} from "./agreement.ts";
import { type PartName, PARTS } from "./parts.ts";
import {
  MODEL_SIZES,
  type ModelSize,
  randomGenerator,
  type ReleaseSize,
} from "./random_model.ts";
import { sideOption } from "./side_option.ts";

interface Flags {
  readonly side: ReleaseSize["side"];
  readonly device: DeviceName;
  readonly parts: readonly PartName[];
  readonly output?: string;
}

/** `bench weights agreement`. */
export function agreementCommand(): Command {
  return new Command("agreement")
    .description(
      "Whether an engine agrees with the float64 reference at the release's " +
        "sizes, whole depth, random weights, one guided image; takes minutes " +
        "and, of H, 12 GB",
    )
    .addArgument(
      new Argument("[sizes...]", "models; all where none is named")
        .choices(MODEL_SIZES),
    )
    .addOption(sideOption())
    .addOption(
      new Option("--device <kind>", "the engine")
        .choices(DEVICE_NAMES).default("cpu"),
    )
    .addOption(
      new Option("--parts <names...>", "of sampling")
        .choices(PARTS).default(PARTS),
    )
    .option(...OUTPUT)
    .action(async (named: ModelSize[], { output, ...flags }: Flags) => {
      const sizes = named.length > 0 ? named : MODEL_SIZES;
      const document = await compareSizes(sizes, flags);
      await emit(document, { text: agreementTable(document), output });
      requireClose(document);
    });
}

async function compareSizes(
  sizes: readonly ModelSize[],
  { side, device, parts }: Flags,
): Promise<Record<string, Agreement>> {
  const document: Record<string, Agreement> = {};
  const engine = await OPEN_ENGINE[device]();
  for (const size of sizes) {
    const name = `${size} ${side} ${device}`;
    document[name] = await measureAgreement(
      randomGenerator({ size, side }, "f32"),
      {
        engine,
        parts,
        onPart: (part, { farthest }) =>
          console.error(`${name} ${part}: ${farthest.toExponential(1)}`),
      },
    );
  }
  await engine.close();
  return document;
}

/** @throws {UserError} where an engine is too far from the reference */
function requireClose(document: Readonly<Record<string, Agreement>>): void {
  for (const [name, parts] of Object.entries(document)) {
    for (const [part, { isClose, farthest }] of Object.entries(parts)) {
      if (isClose) continue;
      throw new UserError(
        `${name} does not agree in "${part}": ${farthest} from the reference`,
      );
    }
  }
}

const HEAD = ["model", "part", "numbers", "farthest", ""];

function agreementTable(document: Readonly<Record<string, Agreement>>): string {
  const rows = Object.entries(document).flatMap(([name, parts]) =>
    Object.entries(parts).map(([part, found]) => [name, part, ...cells(found)])
  );
  return table([HEAD, ...rows], { right: [2, 3] }).join("\n");
}

function cells({ numbers, farthest, isClose }: PartAgreement): string[] {
  return [
    String(numbers),
    farthest.toExponential(1),
    isClose ? "agrees" : "too far",
  ];
}
