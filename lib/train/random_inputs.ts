import {
  type Bindings,
  constant,
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
  const key = input("randomKey", [2], "u32");
  const step = input("randomStep", [], "u32");
  const numbers = Uint32Array.from({ length: rows }, (_, row) => row);
  return {
    inputs: { randomKey: key, randomStep: step },
    source: { key, step, rows: constant(hostTensor("u32", [rows], numbers)) },
  };
}

/** Values of {@linkcode randomInputs} for one step. */
export function bindRandom(
  seed: Seed,
  step: number,
): NonNullable<Bindings["inputs"]> {
  return {
    randomKey: hostTensor("u32", [2], Uint32Array.from(seedWords(seed))),
    randomStep: hostTensor("u32", [], Uint32Array.of(step)),
  };
}
