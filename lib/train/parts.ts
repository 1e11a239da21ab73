import {
  add,
  input,
  mul,
  type Node,
  type Program,
  program,
  sizeOf,
  type StateSlot,
  type Tensor,
} from "../tensor/mod.ts";
import { mapKeys, mapValues } from "./records.ts";
import type { TrainingStep } from "./step.ts";
import { SKIPPED, skippedScalar, takenSlots } from "./spikes.ts";
import {
  mayBeSkipped,
  type StepGradients,
  stepGradients,
} from "./step_program.ts";
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
   * An update for each worker, of its share of the weights. Inputs are the sums
   * of every worker; the first replaces the buffers too, and puts out the
   * scalars of the whole step.
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

export function gradientName(player: string, name: string): string {
  return `gradient/${player}/${name}`;
}

/** Name of the output that is a buffer's next value. */
export function nextName(buffer: string): string {
  return `next/${buffer}`;
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
export function shareOfStep(step: TrainingStep, parts: number): StepGradients {
  const share = (mean: Tensor) => mul(mean, 1 / parts);
  return stepGradients({
    ...step,
    build: (from) => {
      const { losses, reported, buffers = {} } = step.build(from);
      return {
        losses: mapValues(losses, share),
        reported: mapValues(reported, share),
        buffers: mapValues(buffers, share),
      };
    },
  });
}

/** Everything that a gradient program puts out. */
export function sumsOf({ gradients, scalars, others }: StepGradients): Tensors {
  const sums: Record<string, Tensor> = { ...scalars };
  for (const [player, own] of Object.entries(gradients)) {
    Object.assign(sums, mapKeys(own, (name) => gradientName(player, name)));
  }
  for (const [name, { next }] of Object.entries(others)) {
    if (next !== undefined) sums[nextName(name)] = next;
  }
  return sums;
}

export function gradientProgram(
  step: TrainingStep,
  share: StepGradients,
  accumulates: boolean,
): Program {
  const shares = sumsOf(share);
  const sums = accumulates ? inputsLike(shares, sumName) : {};
  const read = [
    ...Object.values(share.leaves).flatMap((own) => Object.values(own)),
    ...Object.values(share.others).map(({ value }) => value),
  ];
  const state = read
    .map((value) => [value.attributes.name, { value }] as const);
  return program(`${step.name} gradients`, {
    inputs: { ...step.inputs, ...sums },
    state: Object.fromEntries(state),
    outputs: mapValues(shares, (share, name) => {
      const sum = sums[sumName(name)];
      return sum === undefined ? share : add(share, sum);
    }),
  });
}

function updatePrograms(
  step: TrainingStep,
  share: StepGradients,
  workers: number,
): Program[] {
  const { name, players } = step;
  const skips = mayBeSkipped(step);
  const { leaves, gradients, others, scalars } = share;
  return shareOut(leaves, workers).map((own, worker) => {
    const found = Array.from(
      { length: workers },
      (_, from) => inputsLike(sumsOf(share), (sum) => workerName(from, sum)),
    );
    const total = (sum: string) =>
      found.map((inputs, from): Tensor => inputs[workerName(from, sum)]!)
        .reduce((a, b) => add(a, b));
    const numbers = scalarInputs(players, { skips });
    const { state, norms, taken } = updateSlots({
      players,
      skips,
      leaves: own,
      gradients: mapValues(
        gradients,
        (own, player) =>
          mapValues(own, (_, key) => total(gradientName(player, key))),
      ),
      numbers,
    });
    const inputs = Object.assign({ ...numbers }, ...found);
    if (worker > 0) return program(`${name} update`, { inputs, state });
    const buffers = replacedBuffers(others, total);
    return program(`${name} update`, {
      inputs,
      state: { ...state, ...taken ? takenSlots(buffers, taken) : buffers },
      outputs: {
        ...mapValues(scalars, (_, key) => total(key)),
        ...norms,
        ...taken && { [SKIPPED]: skippedScalar(taken) },
      },
    });
  });
}

/** The buffers, with the totals of their parts' next values. */
function replacedBuffers(
  others: StepGradients["others"],
  total: (sum: string) => Tensor,
): Record<string, StateSlot> {
  const replaced = Object.entries(others)
    .filter(([, { next }]) => next !== undefined)
    .map(([name, { value }]) =>
      [name, { value, next: total(nextName(name)) }] as const
    );
  return Object.fromEntries(replaced);
}

/** Weights in shares of about the same size: the largest first, to whom has least. */
export function shareOut(
  leaves: StepGradients["leaves"],
  workers: number,
): StepGradients["leaves"][] {
  const shares = Array.from({ length: workers }, () => ({
    size: 0,
    leaves: mapValues(leaves, (): Record<string, Node<"input">> => ({})),
  }));
  const bySize = Object.entries(leaves)
    .flatMap(([player, own]) =>
      Object.entries(own).map(([name, leaf]) => ({ player, name, leaf }))
    )
    .sort((a, b) => sizeOf(b.leaf.shape) - sizeOf(a.leaf.shape));
  for (const { player, name, leaf } of bySize) {
    const least = shares.reduce((a, b) => b.size < a.size ? b : a);
    least.leaves[player]![name] = leaf;
    least.size += sizeOf(leaf.shape);
  }
  return shares.map((share) => share.leaves);
}

/** Leaves of the types of some tensors, under other names. */
function inputsLike(
  tensors: Tensors,
  rename: (name: string) => string,
): Leaves {
  const named = mapKeys(tensors, rename);
  return mapValues(named, ({ shape }, name) => input(name, shape));
}
