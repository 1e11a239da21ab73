/**
 * What fewer solver steps cost in quality and gain in time: the same images by
 * several schedules, beside those of many steps.
 *
 * @module
 */
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import type { SamplingOptions, StepSchedule } from "../../lib/sample/mod.ts";
import { STEP_SCHEDULE } from "../../lib/preset/mod.ts";
import { numbersOf } from "../../lib/workflow/options/mod.ts";
import { fitted } from "../../lib/workflow/sample/mod.ts";
import { generatorOf, readAr, readVae } from "../../lib/workflow/models/mod.ts";
import { DEVICE_NAMES, type DeviceName, OPEN_ENGINE } from "../engines.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import type { Distance } from "./distance.ts";
import { measureQuality, type QualityResult } from "./measure.ts";

const REFERENCE = 100;
const SCHEDULES: readonly StepSchedule[] = [50, 25, "50:5", "25:5"];

/** The JSON document of the command. */
export interface QualityDocument extends QualityResult {
  readonly engine: string;
  readonly images: number;
  readonly seed: number;
  readonly guidance: SamplingOptions["guidance"];
}

interface Flags {
  readonly model?: string;
  readonly ar: string;
  readonly svae: string;
  readonly device: DeviceName;
  readonly images: number;
  readonly rounds: number;
  readonly seed: number;
  readonly wait: number;
  readonly output?: string;
}

/** `bench sampling-quality`. */
export function qualityCommand(): Command {
  const count = (flags: string, text: string, initial: number) =>
    new Option(flags, text).argParser(parseCount).default(initial);
  return new Command("sampling-quality")
    .description(
      "Measure what fewer solver steps cost in quality and gain in time, " +
        `beside ${REFERENCE} steps from the same draws`,
    )
    .addArgument(
      new Argument("[schedules...]", "steps, such as 25 or 50:5")
        .argParser(parseSchedule).default(SCHEDULES, SCHEDULES.join(" ")),
    )
    .option("--model <file>", "AR model and S-VAE in one file")
    .option("--ar <file>", "trained AR model", "runs/tiny/ar.safetensors")
    .option("--svae <file>", "trained S-VAE", "runs/tiny/svae.safetensors")
    .addOption(
      new Option("--device <kind>", "where it computes")
        .choices(DEVICE_NAMES).default("cpu"),
    )
    .addOption(count("--images <count>", "images, one batch of them", 16))
    .addOption(count("--rounds <count>", "turns of each schedule", 3))
    .addOption(count("--seed <number>", "seed of the draws", 1))
    .addOption(count("--wait <seconds>", "longest wait for quiet", 10))
    .option(...OUTPUT)
    .action(async (schedules: StepSchedule[], flags: Flags) => {
      const document = await compareSchedules(schedules, flags);
      await emit(document, {
        text: qualityTable(document),
        output: flags.output,
      });
    });
}

/** Collects schedules, which stand in place of the default ones. */
function parseSchedule(
  text: string,
  earlier: readonly StepSchedule[],
): StepSchedule[] {
  const value = /^\d+$/.test(text) ? Number(text) : text;
  const { data, error } = STEP_SCHEDULE.safeParse(value);
  if (data === undefined) {
    throw new InvalidArgumentError(`${error?.issues[0]?.message}`);
  }
  return earlier === SCHEDULES ? [data] : [...earlier, data];
}

async function compareSchedules(
  schedules: readonly StepSchedule[],
  { device, wait, ar, svae, model, images, seed, rounds }: Flags,
): Promise<QualityDocument> {
  const files = generatorOf(
    model === undefined
      ? {
        model: undefined,
        ar: await openArtifact(ar, "ar"),
        svae: await openArtifact(svae, "svae"),
      }
      : {
        model: await openArtifact(model, "model"),
        ar: undefined,
        svae: undefined,
      },
  );
  const generator = fitted({
    ar: await readAr(files.ar),
    vae: await readVae(files.svae),
  });
  const { numbers } = await numbersOf(generator.ar.config, {});
  const { cfg, cfgSchedule } = numbers;
  const guidance = { cfg, schedule: cfgSchedule };
  const engine = await OPEN_ENGINE[device]();
  const result = await measureQuality(engine, generator, {
    guidance,
    images,
    seed,
    rounds,
    schedules,
    reference: REFERENCE,
    patienceMs: 1000 * wait,
    log: (line) => console.error(line),
  });
  await engine.close();
  for (const file of new Set(Object.values(files))) file.close();
  return { engine: engine.name, images, seed, guidance, ...result };
}

const HEAD = [
  "solver",
  "steps",
  "share of steps",
  "angle",
  "relative L2",
  "PSNR",
  "seconds",
  "faster",
];

/** A document for people. */
export function qualityTable({ solvers }: QualityDocument): string {
  const rows = Object.entries(solvers).flatMap(([solver, result]) => {
    const { referenceSteps, schedules, otherSeed } = result;
    const whole = String(REFERENCE);
    return [
      ...Object.entries(schedules).map(([name, schedule]) => [
        solver,
        name,
        `${(100 * schedule.steps / referenceSteps).toFixed(0)}%`,
        ...distanceCells(schedule),
        schedule.times.median.toPrecision(3),
        `${schedule.faster.toFixed(2)}x`,
      ]),
      [solver, whole, "other seed", ...distanceCells(otherSeed), "", ""],
    ];
  });
  return table([HEAD, ...rows], { right: [2, 3, 4, 5, 6, 7] }).join("\n");
}

function distanceCells(
  { angleDegrees, relativeL2, psnrDb }: Distance,
): string[] {
  return [
    `${angleDegrees.toFixed(2)} deg`,
    relativeL2.toFixed(4),
    psnrDb === undefined ? "equal" : `${psnrDb.toFixed(1)} dB`,
  ];
}
