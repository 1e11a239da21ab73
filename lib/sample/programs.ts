import {
  add,
  cachedAttention,
  constantArray,
  input,
  isOp,
  mul,
  type Node,
  type Program,
  program,
  reshape,
  roots,
  scoped,
  silu,
  slice,
  sliceAt,
  type StateSlot,
  sub,
  type Tensor,
  topologicalOrder,
  updateSlice,
} from "../tensor/mod.ts";
import { type Mix, Parameters } from "../nn/mod.ts";
import {
  arAngles,
  type ArConfig,
  arShapes,
  embedClasses,
  embedCondition,
  embedLatents,
  embedTime,
  headGroupSize,
  modulate,
  modulatedVelocity,
  type Modulation,
  runBlocks,
} from "../model/mod.ts";
import { projectToSphere } from "../sphere/mod.ts";
import { coupleDraws, guide, isGuided } from "./guidance.ts";
import type { Noise, NoisePort } from "./noise.ts";
import type { SamplingPlan } from "./plan.ts";
import { advance } from "./solver.ts";

/** The programs of one sampling plan; states are shared by name. */
export interface SamplingPrograms {
  /** Embeds the times of all solver steps; once a sampler. */
  readonly times: Program;
  /** Reads the classes, fills the caches, starts token 0. */
  readonly start: Program;
  /** Reads the token just finished and starts the next one. */
  readonly token: Program;
  /** `unroll` solver steps. */
  readonly solve: Program;
  /** Stores the last token; its output `tokens` is [R, N, d]. */
  readonly finish: Program;
  /** Names of states that are the model's parameters. */
  readonly parameters: ReadonlySet<string>;
}

/** Leaves that several programs share by name. */
class Leaves {
  readonly parameters: Readonly<Record<string, Node<"input">>>;
  readonly #config: ArConfig;
  readonly #plan: SamplingPlan;

  constructor(plan: SamplingPlan) {
    this.#plan = plan;
    this.#config = plan.config;
    const entries = Object.entries(arShapes(plan.config))
      .map(([name, shape]) => [name, input(name, shape)] as const);
    this.parameters = Object.fromEntries(entries);
  }

  /** Solver state [R, d]. */
  readonly x = () =>
    input("x", [this.#plan.rows.rows, this.#config.latent_dim]);

  /** Finished tokens [R, N, d]. */
  readonly tokens = () => {
    const { grid, latent_dim } = this.#config;
    return input("tokens", [this.#plan.rows.rows, grid * grid, latent_dim]);
  };

  /** Embedded times [S, W]. */
  readonly times = () =>
    input("times", [this.#plan.steps.length, this.#config.diff_dim]);

  /** Embedded conditions of the current token [R, W]. */
  readonly condition = () =>
    input("condition", [this.#plan.rows.rows, this.#config.diff_dim]);

  /** Modulations of all steps of the current token, [S, R, W] each. */
  modulations(): Node<"input">[] {
    const { steps, rows: { rows } } = this.#plan;
    const { diff_dim, diff_layers } = this.#config;
    const count = 3 * (diff_layers / headGroupSize(this.#config)) + 2;
    const shape = [steps.length, rows, diff_dim];
    return Array.from(
      { length: count },
      (_, i) => input(`modulation.${i}`, shape),
    );
  }

  /** Keys or values of one layer [R, H, T, D]. */
  cache(kind: "keys" | "values", layer: number): Node<"input"> {
    const { n_head, dim, cls_token_num, grid } = this.#config;
    const length = cls_token_num + grid * grid - 1;
    const shape = [this.#plan.rows.rows, n_head, length, dim / n_head];
    return input(`${kind}.${layer}`, shape);
  }
}

type Slots = Record<string, StateSlot>;

/** Builds the programs of a plan. */
export function samplingPrograms(
  plan: SamplingPlan,
  noise: Noise,
): SamplingPrograms {
  const leaves = new Leaves(plan);
  const p = new Parameters(leaves.parameters);
  const build = { plan, leaves, p, noise };
  return {
    times: timesProgram(build),
    start: startProgram(build),
    token: tokenProgram(build),
    solve: solveProgram(build),
    finish: finishProgram(build),
    parameters: new Set(Object.keys(leaves.parameters)),
  };
}

interface Build {
  readonly plan: SamplingPlan;
  readonly leaves: Leaves;
  readonly p: Parameters;
  readonly noise: Noise;
}

/** Makes a program whose state also holds the parameters that it reads. */
function withParameters(
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

function timesProgram(build: Build): Program {
  const { plan, leaves, p } = build;
  const t = constantArray([plan.steps.length], plan.steps.map((s) => s.t));
  const next = embedTime(p.at("head.net"), t);
  const state = { times: { value: leaves.times(), next } };
  return withParameters("times", build, { inputs: {}, state, outputs: {} });
}

/** A scale input where the plan is guided. */
function scaleInputs({ plan }: Build): Record<string, Node<"input">> {
  return isGuided(plan.guidance) ? { scale: input("scale", []) } : {};
}

function coupled(draws: Tensor, scale: Tensor | undefined): Tensor {
  return scale === undefined ? draws : coupleDraws(draws, scale);
}

/** The blocks over caches: attention reads them, and they take the new rows. */
function cachedBlocks(
  x: Tensor,
  position: Tensor,
  { plan: { config }, leaves, p }: Build,
): { states: Tensor; slots: Slots } {
  const slots: Slots = {};
  const mixes = (layer: number): Mix => ([q, k, v]) => {
    const keys = leaves.cache("keys", layer);
    const values = leaves.cache("values", layer);
    const at = { start: position, axis: 2 };
    slots[`keys.${layer}`] = { value: keys, next: updateSlice(keys, k, at) };
    slots[`values.${layer}`] = {
      value: values,
      next: updateSlice(values, v, at),
    };
    const scale = q.shape[3]! ** -0.5;
    return cachedAttention({ q, k, v, keys, values, position, scale });
  };
  const all = arAngles(config);
  const rows = { axis: 0, size: x.shape[1]! };
  const angles = {
    cosine: sliceAt(all.cosine, position, rows),
    sine: sliceAt(all.sine, position, rows),
  };
  const states = runBlocks(p, x, { config, angles, mixes });
  return { states, slots };
}

/** What the head needs of the state [R, 1, D] that predicts token `index`. */
function conditionSlots(
  state: Tensor,
  index: Tensor,
  { plan, leaves, p }: Build,
): Slots {
  const { config, rows: { rows } } = plan;
  const row = { axis: 0, size: 1 };
  const place = sliceAt(p.get("pos_for_diff.weight"), index, row);
  const placed = add(reshape(state, [rows, config.dim]), place);
  const head = p.at("head.net");
  const condition = embedCondition(head, placed);
  if (!plan.modulateAhead) {
    return { condition: { value: leaves.condition(), next: condition } };
  }
  const times = leaves.times();
  const [steps, width] = times.shape as [number, number];
  const sums = add(
    reshape(times, [steps, 1, width]),
    reshape(condition, [1, rows, width]),
  );
  const y = silu(reshape(sums, [steps * rows, width]));
  const { groups, final } = modulate(head, y, config);
  const slots: Slots = { times: { value: times } };
  const values = leaves.modulations();
  [...groups.flat(), ...final].forEach((part, i) => {
    const next = reshape(part, [steps, rows, width]);
    slots[`modulation.${i}`] = { value: values[i]!, next };
  });
  return slots;
}

function startProgram(build: Build): Program {
  const { plan: { config, rows }, leaves, p, noise } = build;
  return scoped("start", () => {
    const classes = input("classes", [rows.rows], "i32");
    const zero = input("position", [], "i32");
    const port = noise.port(1);
    const scale = scaleInputs(build);
    const c = embedClasses(p, classes, config);
    const { states, slots } = cachedBlocks(c, zero, build);
    const last = slice(states, 1, { start: config.cls_token_num - 1 });
    const state: Slots = {
      ...slots,
      ...conditionSlots(last, zero, build),
      x: { value: leaves.x(), next: coupled(port.draw(0), scale.scale) },
    };
    const inputs = { classes, position: zero, ...port.inputs, ...scale };
    return withParameters("start", build, { inputs, state, outputs: {} });
  });
}

/**
 * The finished token of solver state x, stored: projected once (Section 3.3)
 * where latents lie on a sphere.
 */
function storeToken(
  x: Tensor,
  index: Tensor,
  { leaves, plan: { config } }: Build,
): { z: Tensor; slot: StateSlot } {
  const radius = Math.sqrt(config.latent_dim);
  const z = config.posterior === "gaussian"
    ? x
    : mul(projectToSphere(x), radius);
  const row = reshape(z, [z.shape[0]!, 1, z.shape[1]!]);
  const tokens = leaves.tokens();
  const next = updateSlice(tokens, row, { start: index, axis: 1 });
  return { z: row, slot: { value: tokens, next } };
}

function tokenProgram(build: Build): Program {
  const { plan: { config }, leaves, p, noise } = build;
  return scoped("token", () => {
    const index = input("token", [], "i32");
    const previous = sub(index, 1);
    const port = noise.port(1);
    const scale = scaleInputs(build);
    const x = leaves.x();
    const { z, slot } = storeToken(x, previous, build);
    const position = add(previous, config.cls_token_num);
    const embedded = embedLatents(p, z);
    const { states, slots } = cachedBlocks(embedded, position, build);
    const state: Slots = {
      ...slots,
      ...conditionSlots(states, index, build),
      x: { value: x, next: coupled(port.draw(0), scale.scale) },
      tokens: slot,
    };
    const inputs = { token: index, ...port.inputs, ...scale };
    return withParameters("token", build, { inputs, state, outputs: {} });
  });
}

function solveProgram(build: Build): Program {
  const { plan, leaves, noise } = build;
  return scoped("solve", () => {
    const first = input("step", [], "i32");
    const stochastic = plan.steps.some((step) => step.noise > 0);
    const port = stochastic ? noise.port(plan.unroll) : undefined;
    const scale = scaleInputs(build);
    const slots: Slots = {};
    const x = leaves.x();
    let next: Tensor = x;
    const read = modulationReader(build, slots);
    for (let i = 0; i < plan.unroll; i++) {
      const options = { port, scale: scale.scale, modulation: read };
      next = solverStep(next, { step: add(first, i), i, ...options }, build);
    }
    const state = { ...slots, x: { value: x, next } };
    const inputs = { step: first, ...port?.inputs, ...scale };
    return withParameters("solve", build, { inputs, state, outputs: {} });
  });
}

/** How a solver step gets its modulation; adds the states that it reads to `slots`. */
function modulationReader(
  { plan, leaves, p }: Build,
  slots: Slots,
): (step: Tensor) => Modulation {
  const { config, rows: { rows } } = plan;
  const row = { axis: 0, size: 1 };
  if (!plan.modulateAhead) {
    const [times, condition] = [leaves.times(), leaves.condition()];
    slots.times = { value: times };
    slots.condition = { value: condition };
    return (step) => {
      const y = silu(add(sliceAt(times, step, row), condition));
      return modulate(p.at("head.net"), y, config);
    };
  }
  const values = leaves.modulations();
  values.forEach((value, i) => slots[`modulation.${i}`] = { value });
  return (step) => {
    const parts = values.map((value) =>
      reshape(sliceAt(value, step, row), [rows, config.diff_dim])
    );
    const groups = Array.from(
      { length: (parts.length - 2) / 3 },
      (_, i) => parts.slice(3 * i, 3 * i + 3),
    );
    return { groups, final: parts.slice(-2) };
  };
}

interface StepParts {
  readonly step: Tensor;
  readonly i: number;
  readonly port: NoisePort | undefined;
  readonly scale: Tensor | undefined;
  readonly modulation: (step: Tensor) => Modulation;
}

function solverStep(
  x: Tensor,
  { step, i, port, scale, modulation }: StepParts,
  { plan, p }: Build,
): Tensor {
  const table = (key: "keep" | "push" | "noise") => {
    const values = plan.steps.map((each) => each[key]);
    const all = constantArray([values.length], values);
    return sliceAt(all, step, { axis: 0, size: 1 });
  };
  const raw = modulatedVelocity(p.at("head.net"), x, {
    modulation: modulation(step),
    config: plan.config,
  });
  const velocity = scale === undefined ? raw : guide(raw, scale);
  const coefficients = {
    keep: table("keep"),
    push: table("push"),
    noise: table("noise"),
  };
  if (port === undefined) return advance(coefficients, { x, velocity });
  const draw = coupled(port.draw(i), scale);
  return advance(coefficients, { x, velocity, draw });
}

function finishProgram(build: Build): Program {
  const { leaves } = build;
  const x = leaves.x();
  const last = input("token", [], "i32");
  const { slot } = storeToken(x, last, build);
  return program("finish", {
    inputs: { token: last },
    state: { x: { value: x }, tokens: { value: slot.value } },
    outputs: { tokens: slot.next! },
  });
}
