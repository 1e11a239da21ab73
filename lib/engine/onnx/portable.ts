import {
  checkFrozen,
  type FrozenStates,
  type FrozenTensor,
  type Program,
  type Tensor,
} from "../../tensor/mod.ts";
import { BATCH, freeBatch } from "./free_batch.ts";
import { expandForOnnx, lowerGraph } from "./lower.ts";
import type { OnnxModel } from "./model.ts";

/** A program whose state is all frozen, for as many rows as it is built with. */
export interface PortableParts {
  readonly program: Program;
  /** Values of every state, in memory. */
  readonly frozen: FrozenStates;
}

/**
 * A program as a model for every runtime: standard operators alone, inputs and
 * outputs under the program's names, constants under their own, and a first
 * axis of any size.
 *
 * @param build makes the program for a number of rows, the first axis of at
 *   least one input
 * @throws {TypeError} where a frozen value does not fit the program, or is not
 *   in memory
 * @throws {Error} where a size depends on the rows in a way that has no
 *   operator: our own mistake
 */
export function portableModel(
  build: (rows: number) => PortableParts,
): OnnxModel {
  const { program, frozen } = build(BATCH);
  checkFrozen(program, frozen);
  const { name, inputs, outputs, state } = program;
  const given = new Map<Tensor, string>(
    Object.entries(inputs).map(([key, node]) => [node, key]),
  );
  const dialect = "standard";
  const { model } = lowerGraph({
    name,
    outputs: expandForOnnx(Object.values(outputs), dialect),
    given,
    frozen: new Map(
      Object.entries(frozen)
        .map(([key, value]) => [state[key]!.value, inMemory(key, value)]),
    ),
    // Nothing waits: every constant is there at once.
    leaves: new Map(),
    block: null,
    singleThread: false,
    dialect,
  });
  const named = withOutputNames(model as OnnxModel, Object.keys(outputs));
  return freeBatch(named);
}

function inMemory(key: string, value: FrozenStates[string]): FrozenTensor {
  if (!("load" in value)) return value;
  throw new TypeError(`Cannot write a model: "${key}" is not in memory`);
}

/** The model with its outputs called by other names. */
function withOutputNames(
  model: OnnxModel,
  names: readonly string[],
): OnnxModel {
  const renamed = new Map(
    model.outputs.map(({ name }, i) => [name, names[i]!]),
  );
  const rename = (name: string) => renamed.get(name) ?? name;
  return {
    ...model,
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    outputs: model.outputs.map((end) => ({ ...end, name: rename(end.name) })),
  };
}
