import type { ParameterShapes } from "../nn/mod.ts";
import { adamW, type AdamWOptions } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import {
  type Average,
  averageDecay,
  learningRate,
  type Schedule,
} from "./schedule.ts";

/** How weights move, whichever they are. */
export interface UpdateRule {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Largest norm of all gradients of a player together. */
  readonly clip: number;
  /** Exponential moving average of the weights; absent where none is kept. */
  readonly average?: Average;
}

/** Weights that move together, to lower one loss. */
export interface Player extends UpdateRule {
  readonly shapes: ParameterShapes;
  /** Names of the parameters that weight decay applies to; none is a vector. */
  readonly decays: ReadonlySet<string>;
}

/**
 * Checks that what decays can: all vectors of a player lie in one tensor of the
 * state, so none decays by itself.
 *
 * @throws {RangeError} naming the player and the parameter
 */
export function checkDecays(players: Readonly<Record<string, Player>>): void {
  for (const [player, { shapes, decays }] of Object.entries(players)) {
    for (const name of decays) {
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape !== undefined && shape.length >= 2) continue;
      const found = shape === undefined
        ? "has no such parameter"
        : `has it with shape [${shape}]`;
      throw new RangeError(
        `Cannot let "${name}" decay: expected a parameter of two and more ` +
          `axes, player "${player}" ${found}`,
      );
    }
  }
}

/** Numbers of a training that make an update rule. */
export interface UpdateNumbers extends Omit<AdamWOptions, "epsilon"> {
  readonly steps: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Learning rate at the end, as a share of the peak. */
  readonly finalRate: number;
  readonly warmup: number;
  readonly clip: number;
  /** Decay of the moving average; 0 for none. */
  readonly ema: number;
  /** Whether that decay starts low. */
  readonly emaRamp: boolean;
}

/** AdamW with warm-up, cosine and moving average, from the numbers of a preset. */
export function updateRule(numbers: UpdateNumbers): UpdateRule {
  const { steps, learningRate, finalRate, warmup, clip, ema, emaRamp } =
    numbers;
  return {
    optimizer: adamW(numbers),
    schedule: {
      peak: learningRate,
      min: learningRate * finalRate,
      warmup,
      decayStart: warmup,
      total: steps,
    },
    clip,
    ...ema > 0 && { average: { decay: ema, ramp: emaRamp } },
  };
}

/**
 * Names of the parameters of two and more axes, which are those that decay in
 * the release (create_optimizer), without some.
 */
export function matrixNames(
  shapes: ParameterShapes,
  { except = [] }: { except?: readonly string[] } = {},
): Set<string> {
  const names = Object.entries(shapes)
    .filter(([name, { length }]) => length >= 2 && !except.includes(name))
    .map(([name]) => name);
  return new Set(names);
}

/** Name of the number of a step that says how fast the average follows. */
export const AVERAGE_RATE = "averageRate";

/** Numbers of a player's update at a step (from 0), by name. */
export function playerScalars(
  { optimizer, schedule, average }: UpdateRule,
  step: number,
): Readonly<Record<string, number>> {
  const rate = learningRate(step, schedule);
  return {
    ...optimizer.scalarsAt(step, rate),
    ...average && { [AVERAGE_RATE]: 1 - averageDecay(step, average) },
  };
}
