import {
  add,
  input,
  mul,
  type Node,
  type Program,
  program,
  sizeOf,
  type Tensor,
} from "../tensor/mod.ts";
import { stateName } from "./state_layout.ts";
import {
  type StepGradients,
  stepGradients,
  type TrainingStep,
} from "./step.ts";
import { type Leaves, scalarInputs, updateSlots } from "./update.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/** How a step is cut: each worker does `rounds` equal parts of the batch in turn. */
export interface Cut {
  readonly workers: number;
  readonly rounds: number;
}

/** A step in programs for parts of its batch. */
export interface PartPrograms {
  /** Forward and backward of one part: outputs are its share of every sum. */
  readonly first: Program;
  /**
   * The same for later rounds, which add to the sums in their inputs; null where
   * there is one round.
   */
  readonly later: Program | null;
  /**
   * An update for each worker, of its share of the parameters. Inputs are the
   * sums of every worker; the first puts out the scalars of the whole step.
   */
  readonly updates: readonly Program[];
}

/** Name of the input of later rounds that holds the sum so far of an output. */
export function sumName(output: string): string {
  return `sum/${output}`;
}

/** Name of the input of updates that holds a worker's sum. */
export function workerName(worker: number, output: string): string {
  return `worker ${worker}/${output}`;
}

function gradientName(parameter: string): string {
  return `gradient/${parameter}`;
}

/** The programs of a step that was made for the rows of one part. */
export function partPrograms(step: TrainingStep, cut: Cut): PartPrograms {
  const share = shareOfStep(step, cut.workers * cut.rounds);
  return {
    first: gradientProgram(step, share, false),
    later: cut.rounds > 1 ? gradientProgram(step, share, true) : null,
    updates: updatePrograms(step, share, cut.workers),
  };
}

/** What one of `parts` equal parts adds to the means over the batch. */
function shareOfStep(step: TrainingStep, parts: number): StepGradients {
  const share = (mean: Tensor) => mul(mean, 1 / parts);
  return stepGradients({
    ...step,
    losses: (parameters) => {
      const { loss, reported } = step.losses(parameters);
      return { loss: share(loss), reported: mapValues(reported, share) };
    },
  });
}

/** Everything that a gradient program puts out. */
function sumsOf({ gradients, scalars }: StepGradients): Tensors {
  return { ...scalars, ...mapKeys(gradients, gradientName) };
}

function gradientProgram(
  step: TrainingStep,
  share: StepGradients,
  accumulates: boolean,
): Program {
  const shares = sumsOf(share);
  const sums = accumulates ? inputsLike(shares, sumName) : {};
  const parameters = mapKeys(
    share.leaves,
    (name) => stateName("parameter", name),
  );
  return program(`${step.name} gradients`, {
    inputs: { ...step.inputs, ...sums },
    state: mapValues(parameters, (value) => ({ value })),
    outputs: mapValues(shares, (share, name) => {
      const sum = sums[sumName(name)];
      return sum === undefined ? share : add(share, sum);
    }),
  });
}

function updatePrograms(
  { name, options }: TrainingStep,
  share: StepGradients,
  workers: number,
): Program[] {
  const { leaves, gradients, scalars: reported } = share;
  return shareOut(leaves, workers).map((own, worker) => {
    const found = Array.from(
      { length: workers },
      (_, from) => inputsLike(sumsOf(share), (sum) => workerName(from, sum)),
    );
    const total = (sum: string) =>
      found.map((inputs, from): Tensor => inputs[workerName(from, sum)]!)
        .reduce((a, b) => add(a, b));
    const scalars = scalarInputs();
    const { state, gradientNorm } = updateSlots({
      leaves: own,
      gradients: mapValues(gradients, (_, key) => total(gradientName(key))),
      scalars,
      options,
    });
    return program(`${name} update`, {
      inputs: Object.assign({ ...scalars }, ...found),
      state,
      outputs: worker === 0
        ? { ...mapValues(reported, (_, key) => total(key)), gradientNorm }
        : {},
    });
  });
}

/** Parameters in shares of about the same size: the largest first, to whom has least. */
function shareOut(leaves: Leaves, workers: number): Leaves[] {
  const shares = Array.from(
    { length: workers },
    () => ({ size: 0, leaves: {} as Record<string, Node<"input">> }),
  );
  const bySize = Object.entries(leaves)
    .sort(([, a], [, b]) => sizeOf(b.shape) - sizeOf(a.shape));
  for (const [name, leaf] of bySize) {
    const least = shares.reduce((a, b) => b.size < a.size ? b : a);
    least.leaves[name] = leaf;
    least.size += sizeOf(leaf.shape);
  }
  return shares.map((share) => share.leaves);
}

/** Leaves of the types of some tensors, under other names. */
function inputsLike(
  tensors: Tensors,
  rename: (name: string) => string,
): Record<string, Node<"input">> {
  const named = mapKeys(tensors, rename);
  return mapValues(named, ({ shape }, name) => input(name, shape));
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => U,
): Record<string, U> {
  const entries = Object.entries(record)
    .map(([name, value]) => [name, change(value, name)] as const);
  return Object.fromEntries(entries);
}

function mapKeys<T>(
  record: Readonly<Record<string, T>>,
  rename: (name: string) => string,
): Record<string, T> {
  const entries = Object.entries(record)
    .map(([name, value]) => [rename(name), value] as const);
  return Object.fromEntries(entries);
}
