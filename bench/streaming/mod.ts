/**
 * A training on an archive in ImageNet's official layout, read in place: the
 * memory that it takes, and how soon it goes on after a kill.
 *
 * @module
 */
import { join } from "node:path";
import { Command } from "commander";
import { IMAGENET_SYNSETS } from "../../datasets/imagenet/classes.ts";
import { digestFile } from "../../lib/artifact/mod.ts";
import { table } from "../../lib/pipeline/mod.ts";
import { writeImagenetTar } from "../../test/lib/container/_imagenet.ts";
import { emitMeasured, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { type Watched, watched } from "./watched.ts";

/** The JSON document of the command. */
export interface StreamingDocument {
  readonly images: number;
  readonly steps: number;
  /** The most memory after a quarter of the steps, and of the last quarter. */
  readonly earlyBytes: number;
  readonly lateBytes: number;
  /** The most memory of the same training on one picture of each synset. */
  readonly smallBytes: number;
  /** Step at which the process was killed. */
  readonly killedAt: number;
  /** Seconds from the next start to the first step that is new. */
  readonly resumeSeconds: number;
  /** Whether it ended in the bytes of the run that nobody killed. */
  readonly sameBytes: boolean;
}

interface Flags {
  readonly synsets: number;
  readonly pictures: number;
  readonly steps: number;
  readonly archive?: string;
  readonly output?: string;
}

/** `bench streaming`. */
export function streamingCommand(): Command {
  return new Command("streaming")
    .description("Train on an archive of tiny JPEGs in ImageNet's layout")
    .option("--synsets <count>", "archives inside of it", parseCount, 1000)
    .option("--pictures <count>", "pictures in each", parseCount, 1281)
    .option("--steps <count>", "steps of the training", parseCount, 200)
    .option("--archive <file>", "where it is kept, and taken from if there")
    .option(...OUTPUT)
    .action((flags: Flags) =>
      emitMeasured((folder) => measureStreaming(flags, folder), {
        text,
        output: flags.output,
      })
    );
}

async function measureStreaming(
  { synsets, pictures, steps, archive }: Flags,
  folder: string,
): Promise<StreamingDocument> {
  const made = IMAGENET_SYNSETS.slice(0, synsets);
  const large = archive ?? join(folder, "large.tar");
  if (!await Deno.stat(large).catch(() => undefined)) {
    await writeImagenetTar(large, { synsets: made, pictures });
  }
  const small = join(folder, "small.tar");
  await writeImagenetTar(small, { synsets: made, pictures: 1 });
  const little = await trained(small, { folder, name: "small", steps });
  const whole = await trained(large, { folder, name: "whole", steps });
  const killAt = Math.floor(steps * 0.6);
  const cut = await trained(large, { folder, name: "cut", steps, killAt });
  const rest = await trained(large, { folder, name: "cut", steps });
  return {
    images: synsets * pictures,
    steps,
    earlyBytes: most(whole, { after: 0, to: steps / 4 }),
    lateBytes: most(whole, { after: steps * 3 / 4, to: steps }),
    smallBytes: most(little, { after: 0, to: steps }),
    killedAt: cut.steps,
    resumeSeconds: resumedIn(rest, cut.steps),
    sameBytes: await digestFile(join(folder, "whole.safetensors")) ===
      await digestFile(join(folder, "cut.safetensors")),
  };
}

/** Prepares an archive, if it is not, and trains the tiny S-VAE on it. */
async function trained(
  archive: string,
  { folder, name, steps, killAt }: {
    readonly folder: string;
    readonly name: string;
    readonly steps: number;
    readonly killAt?: number;
  },
): Promise<Watched> {
  const images = name === "small" ? "small/" : "large/";
  const prepare = ["prepare", "--dataset", `imagenet:${archive}`, "-o", images];
  await watched(prepare, { folder, log: "none" });
  const log = `${name}.log`;
  const run = await watched([
    ...["train-vae", "--images", images, "--steps", String(steps)],
    ...["--log", log, "--checkpoint-every", "1", "--device", "cpu"],
    ...["-o", `${name}.safetensors`],
  ], { folder, log, ...killAt && { killAt } });
  if (!run.success && killAt === undefined) {
    throw new Error("The training has failed");
  }
  return run;
}

/** The most memory between two steps. */
function most(
  { readings }: Watched,
  { after, to }: { readonly after: number; readonly to: number },
): number {
  const within = readings.filter(({ steps }) => steps >= after && steps <= to);
  return Math.max(...within.map(({ bytes }) => bytes));
}

/** Seconds until a log holds more steps than when its process started. */
function resumedIn({ readings }: Watched, killedAt: number): number {
  const next = readings.find(({ steps }) => steps > killedAt);
  return next?.seconds ?? Infinity;
}

function text(document: StreamingDocument): string {
  const { images, steps, killedAt, resumeSeconds, sameBytes } = document;
  const [early, late, small] = [
    document.earlyBytes,
    document.lateBytes,
    document.smallBytes,
  ].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`);
  return table([
    ["images", "steps", "memory early", "late", "of few images"],
    [String(images), String(steps), early!, late!, small!],
  ]).concat(
    `killed at step ${killedAt}, next step ${
      resumeSeconds.toFixed(1)
    } s after ` +
      `the start, ${sameBytes ? "the same bytes" : "OTHER BYTES"}`,
  ).join("\n");
}
