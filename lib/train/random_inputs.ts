import {
  type Bindings,
  hostTensor,
  input,
  type Node,
  type RandomSource,
} from "../tensor/mod.ts";
import { type Seed, seedWords } from "../random/mod.ts";

/** Leaves of a training program's random source. */
export interface RandomInputs {
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  readonly source: RandomSource;
}

/** A source whose draws depend on the seed, the training step and the row of the batch. */
export function randomInputs(rows: number): RandomInputs {
  const inputs = {
    randomKey: input("randomKey", [2], "u32"),
    randomStep: input("randomStep", [], "u32"),
    randomRows: input("randomRows", [rows], "u32"),
  };
  const { randomKey: key, randomStep: step } = inputs;
  return { inputs, source: { key, step, rows: inputs.randomRows } };
}

/** Values of {@linkcode randomInputs} for one step of a batch, or of rows of it. */
export function bindRandom(
  seed: Seed,
  { step, rows, start = 0 }: {
    readonly step: number;
    /** How many there are. */
    readonly rows: number;
    /** Number of the first one in the whole batch. */
    readonly start?: number;
  },
): NonNullable<Bindings["inputs"]> {
  const numbers = Uint32Array.from({ length: rows }, (_, i) => start + i);
  return {
    randomKey: hostTensor("u32", [2], Uint32Array.from(seedWords(seed))),
    randomStep: hostTensor("u32", [], Uint32Array.of(step)),
    randomRows: hostTensor("u32", [rows], numbers),
  };
}
