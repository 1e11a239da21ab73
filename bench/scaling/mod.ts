/**
 * What a training step takes by many ranks, simulated: no machine is asked.
 *
 * @module
 */
import { Command } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";

/** A training on a cluster. */
export interface Scene {
  /** Weights that a step moves. */
  readonly weights: number;
  /** Seconds of a step's arithmetic by one rank. */
  readonly stepSeconds: number;
  /** Seconds until a message is there. */
  readonly latencySeconds: number;
  /** Bytes a second that a rank sends while it receives as many. */
  readonly bytesPerSecond: number;
}

/** A step by so many ranks. */
export interface Point {
  readonly ranks: number;
  readonly bytesSent: number;
  readonly computeSeconds: number;
  readonly travelSeconds: number;
  /** Share of the step in which a rank computes. */
  readonly efficiency: number;
}

/** f32. */
const VALUE_BYTES = 4;

/**
 * A step of one batch that ranks share: gradients go to the ranks that add them
 * and weights come back, each as one message for each of the others, and nothing
 * travels while there is arithmetic.
 */
export function simulate(scene: Scene, ranks: number): Point {
  const others = ranks - 1;
  const bytes = VALUE_BYTES * scene.weights * others / ranks;
  const once = others * scene.latencySeconds + bytes / scene.bytesPerSecond;
  const computeSeconds = scene.stepSeconds / ranks;
  const travelSeconds = 2 * once;
  const efficiency = computeSeconds / (computeSeconds + travelSeconds);
  const bytesSent = 2 * bytes;
  return { ranks, bytesSent, computeSeconds, travelSeconds, efficiency };
}

interface Flags {
  readonly weights: number;
  readonly stepMs: number;
  readonly latencyUs: number;
  readonly megabytes: number;
  readonly output?: string;
}

const RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** `bench scaling`. */
export function scalingCommand(): Command {
  return new Command("scaling")
    .description("Simulate a training step by 1 to 512 ranks")
    .option("--weights <count>", "of the model", parseCount, 479_000_000)
    .option("--step-ms <count>", "of one rank alone", parseCount, 60_000)
    .option("--latency-us <count>", "of a message", parseCount, 20)
    .option("--megabytes <count>", "a rank sends a second", parseCount, 10_000)
    .option(...OUTPUT)
    .action(async ({ output, ...flags }: Flags) => {
      const scene = {
        weights: flags.weights,
        stepSeconds: flags.stepMs / 1e3,
        latencySeconds: flags.latencyUs / 1e6,
        bytesPerSecond: flags.megabytes * 1e6,
      };
      const points = RANKS.map((ranks) => simulate(scene, ranks));
      await emit({ ...scene, points }, { text: text(points), output });
    });
}

function text(points: readonly Point[]): string {
  const rows = points.map((point) => [
    String(point.ranks),
    `${(point.bytesSent / 1e9).toFixed(2)} GB`,
    `${point.computeSeconds.toFixed(3)} s`,
    `${point.travelSeconds.toFixed(3)} s`,
    `${(100 * point.efficiency).toFixed(1)}%`,
  ]);
  const heads = ["ranks", "sent by each", "computes", "travels", "efficiency"];
  return table([heads, ...rows]).join("\n");
}
