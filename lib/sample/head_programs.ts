import {
  add,
  constantArray,
  input,
  type Program,
  reshape,
  scoped,
  silu,
  sliceAt,
  type Tensor,
} from "../tensor/mod.ts";
import {
  embedTime,
  modulate,
  modulatedVelocity,
  type Modulation,
} from "../model/mod.ts";
import { guide } from "./guidance.ts";
import type { NoisePort } from "./noise.ts";
import { MODULATIONS, type SamplingPlan } from "./plan.ts";
import {
  type Build,
  coupled,
  scaleInputs,
  type Slots,
  withParameters,
} from "./program_parts.ts";
import { advance, type StepCoefficients } from "./solver.ts";

/** Embeds the times of all solver steps. */
export function timesProgram(build: Build): Program {
  const { plan: { table }, leaves, p } = build;
  const t = constantArray([table.length], table.map((step) => step.t));
  const next = embedTime(p.at("head.net"), t);
  const state = { times: { value: leaves.times(), next } };
  return withParameters("times", build, { inputs: {}, state, outputs: {} });
}

/** Modulations of the current token at `ahead` steps, from row `first` of the table on. */
export function modulateProgram(build: Build): Program {
  const { plan: { ahead, config, rows: { rows } }, leaves, p } = build;
  return scoped("modulate", () => {
    const first = input("first", [], "i32");
    const [times, condition] = [leaves.times(), leaves.condition()];
    const width = config.diff_dim;
    const sums = add(
      reshape(
        sliceAt(times, first, { axis: 0, size: ahead }),
        [ahead, 1, width],
      ),
      reshape(condition, [1, rows, width]),
    );
    const y = silu(reshape(sums, [ahead * rows, width]));
    const { groups, final } = modulate(p.at("head.net"), y, config);
    const state: Slots = {
      times: { value: times },
      condition: { value: condition },
    };
    const values = leaves.modulations();
    [...groups.flat(), ...final].forEach((part, i) => {
      const next = reshape(part, [ahead, rows, width]);
      state[`modulation.${i}`] = { value: values[i]!, next };
    });
    return withParameters("modulate", build, {
      inputs: { first },
      state,
      outputs: {},
    });
  });
}

/** `unroll` solver steps, from row `step` of the table on. */
export function solveProgram(build: Build): Program {
  const { plan, leaves, noise } = build;
  return scoped("solve", () => {
    const first = input("step", [], "i32");
    const stochastic = plan.table.some((step) => step.noise > 0);
    const port = stochastic ? noise.port(plan.unroll) : undefined;
    const scale = scaleInputs(build);
    const x = leaves.x();
    let next: Tensor = x;
    const tables = coefficientTables(plan.table);
    const { read, ...modulations } = modulationReader(build, first);
    for (let i = 0; i < plan.unroll; i++) {
      const step = add(first, i);
      const options = { port, scale: scale.scale, modulation: read(i) };
      next = solverStep(next, { step, i, tables, ...options }, build);
    }
    const state = { ...modulations.slots, x: { value: x, next } };
    const inputs = {
      step: first,
      ...modulations.inputs,
      ...port?.inputs,
      ...scale,
    };
    return withParameters("solve", build, {
      inputs,
      state,
      outputs: {},
      rounds: plan.unroll,
    });
  });
}

/** How a program gets the modulation of its solver step i. */
interface ModulationReader {
  readonly inputs: Program["inputs"];
  readonly slots: Slots;
  read(i: number): Modulation;
}

function modulationReader(build: Build, first: Tensor): ModulationReader {
  const { plan, leaves, p } = build;
  if (plan.ahead > 0) return aheadReader(build);
  const [times, condition] = [leaves.times(), leaves.condition()];
  return {
    inputs: {},
    slots: { times: { value: times }, condition: { value: condition } },
    read: (i) => {
      const time = sliceAt(times, add(first, i), { axis: 0, size: 1 });
      const y = silu(add(time, condition));
      return modulate(p.at("head.net"), y, plan.config);
    },
  };
}

/** Reads what the modulate program left, from its row `ahead` on. */
function aheadReader({ plan, leaves }: Build): ModulationReader {
  const { config, rows: { rows } } = plan;
  const first = input("ahead", [], "i32");
  const values = leaves.modulations();
  const slots = values.map((value, i) => [`modulation.${i}`, { value }]);
  const { group, final } = MODULATIONS;
  return {
    inputs: { ahead: first },
    slots: Object.fromEntries(slots),
    read: (i) => {
      const row = add(first, i);
      const parts = values.map((value) =>
        reshape(
          sliceAt(value, row, { axis: 0, size: 1 }),
          [rows, config.diff_dim],
        )
      );
      const groups = Array.from(
        { length: (parts.length - final) / group },
        (_, at) => parts.slice(group * at, group * (at + 1)),
      );
      return { groups, final: parts.slice(-final) };
    },
  };
}

/** Coefficients of all steps of a plan, f32 [S] each: one constant for every step that reads it. */
function coefficientTables(table: SamplingPlan["table"]): StepCoefficients {
  const all = (key: keyof StepCoefficients) =>
    constantArray([table.length], table.map((row) => row[key]));
  return { keep: all("keep"), push: all("push"), noise: all("noise") };
}

interface StepParts {
  readonly step: Tensor;
  readonly i: number;
  readonly tables: StepCoefficients;
  readonly port: NoisePort | undefined;
  readonly scale: Tensor | undefined;
  readonly modulation: Modulation;
}

function solverStep(
  x: Tensor,
  { step, i, tables, port, scale, modulation }: StepParts,
  { plan: { config }, p }: Build,
): Tensor {
  const coefficient = (key: keyof StepCoefficients) =>
    sliceAt(tables[key], step, { axis: 0, size: 1 });
  const head = p.at("head.net");
  const raw = modulatedVelocity(head, x, { modulation, config });
  const velocity = scale === undefined ? raw : guide(raw, scale);
  const coefficients = {
    keep: coefficient("keep"),
    push: coefficient("push"),
    noise: coefficient("noise"),
  };
  if (port === undefined) return advance(coefficients, { x, velocity });
  const draw = coupled(port.draw(i), scale);
  return advance(coefficients, { x, velocity, draw });
}
