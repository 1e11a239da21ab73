import {
  input,
  isOp,
  type Node,
  type Program,
  program,
  roots,
  type StateSlot,
  type Tensor,
  topologicalOrder,
} from "../tensor/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import { arShapes } from "../model/mod.ts";
import { type CacheKind, cacheShape } from "./cached_blocks.ts";
import { coupleDraws, isGuided } from "./guidance.ts";
import type { Noise } from "./noise.ts";
import { modulationCount, type SamplingPlan } from "./plan.ts";

/** What the programs of one plan are built from. */
export interface Build {
  readonly plan: SamplingPlan;
  readonly leaves: Leaves;
  readonly p: Parameters;
  readonly noise: Noise;
}

/** States of a program by name. */
export type Slots = Record<string, StateSlot>;

/** Leaves that several programs share by name. */
export class Leaves {
  readonly parameters: Readonly<Record<string, Node<"input">>>;
  readonly #plan: SamplingPlan;

  constructor(plan: SamplingPlan) {
    this.#plan = plan;
    const entries = Object.entries(arShapes(plan.config))
      .map(([name, shape]) => [name, input(name, shape)] as const);
    this.parameters = Object.fromEntries(entries);
  }

  /** Solver state [R, d]. */
  readonly x = () =>
    input("x", [this.#plan.rows.rows, this.#plan.config.latent_dim]);

  /** Finished tokens [R, N, d]. */
  readonly tokens = () => {
    const { grid, latent_dim } = this.#plan.config;
    return input("tokens", [this.#plan.rows.rows, grid * grid, latent_dim]);
  };

  /** Embedded times of the plan's table [S, W]. */
  readonly times = () =>
    input("times", [this.#plan.table.length, this.#plan.config.diff_dim]);

  /** Embedded conditions of the current token [R, W]. */
  readonly condition = () =>
    input("condition", [this.#plan.rows.rows, this.#plan.config.diff_dim]);

  /** Modulations of the steps ahead of the current token, [steps, R, W] each. */
  modulations(): Node<"input">[] {
    const { ahead, rows: { rows }, config } = this.#plan;
    const shape = [ahead, rows, config.diff_dim];
    return Array.from(
      { length: modulationCount(config) },
      (_, i) => input(`modulation.${i}`, shape),
    );
  }

  /** Keys or values of one layer [R, H, T, D / H]. */
  cache(kind: CacheKind, layer: number): Node<"input"> {
    const { config, rows: { rows } } = this.#plan;
    return input(`${kind}.${layer}`, cacheShape(config, rows));
  }
}

/** Makes a program whose state also holds the parameters that it reads. */
export function withParameters(
  name: string,
  { leaves }: Build,
  parts: Omit<Program, "name">,
): Program {
  const used: Slots = {};
  const order = topologicalOrder(roots({ name, ...parts }));
  for (const node of order) {
    if (!isOp(node, "input")) continue;
    const { name: leaf } = node.attributes;
    if (leaves.parameters[leaf] === node) used[leaf] = { value: node };
  }
  return program(name, { ...parts, state: { ...used, ...parts.state } });
}

/** A scale input where the plan is guided. */
export function scaleInputs({ plan }: Build): Record<string, Node<"input">> {
  return isGuided(plan.guidance) ? { scale: input("scale", []) } : {};
}

/** Draws of both halves of a guided run; of one alone, as they are. */
export function coupled(draws: Tensor, scale: Tensor | undefined): Tensor {
  return scale === undefined ? draws : coupleDraws(draws, scale);
}
