import {
  type Engine,
  type Executable,
  type FrozenStates,
  type HostTensor,
  input,
  type Node,
  type Program,
  program,
  type Tensor,
} from "../tensor/mod.ts";
import { Parameters, type ParameterShapes } from "./parameters.ts";

/** A part of a trained model: which parameters it reads, and what it computes. */
export interface FrozenModelParts<Output extends string = string> {
  readonly name: string;
  /** Shapes of the parameters that it reads. */
  readonly shapes: ParameterShapes;
  /** Values of at least these parameters. */
  readonly weights: FrozenStates;
  /** Leaves given at each run. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  build(p: Parameters): Readonly<Record<Output, Tensor>>;
}

/** A program and the values of its parameters, which are all its state. */
export interface FrozenProgram {
  readonly program: Program;
  readonly frozen: FrozenStates;
}

/** The program of a part of a model. */
export function frozenProgram(
  { name, shapes, weights, inputs, build }: FrozenModelParts,
): FrozenProgram {
  const leaves: Record<string, Node<"input">> = {};
  const state: Record<string, { value: Node<"input"> }> = {};
  const frozen: Record<string, FrozenStates[string]> = {};
  for (const [key, shape] of Object.entries(shapes)) {
    const value = input(key, shape);
    leaves[key] = value;
    state[key] = { value };
    frozen[key] = weights[key]!;
  }
  const outputs = build(new Parameters(leaves));
  return { program: program(name, { inputs, state, outputs }), frozen };
}

/** A model with fixed weights, compiled once and run on host tensors. */
export class FrozenModel<Output extends string = string> {
  readonly #engine: Engine;
  readonly #executable: Executable;

  private constructor(engine: Engine, executable: Executable) {
    this.#engine = engine;
    this.#executable = executable;
  }

  /** Compiles the model; its weights are packed once where the engine packs. */
  static async create<Output extends string>(
    engine: Engine,
    parts: FrozenModelParts<Output>,
  ): Promise<FrozenModel<Output>> {
    const { program, frozen } = frozenProgram(parts);
    return new FrozenModel(engine, await engine.compile(program, { frozen }));
  }

  /** All outputs of one run. */
  async run(
    inputs: Readonly<Record<string, HostTensor>>,
  ): Promise<Record<Output, HostTensor>> {
    const outputs = await this.#engine.run(this.#executable, { inputs });
    const values: Partial<Record<string, HostTensor>> = {};
    for (const [key, tensor] of Object.entries(outputs)) {
      values[key] = await this.#engine.download(tensor);
    }
    return values as Record<Output, HostTensor>;
  }

  /** Frees the program. */
  dispose(): void {
    this.#engine.dispose(this.#executable);
  }
}

/** The parameters whose names a pattern matches. */
export function selectShapes(
  shapes: ParameterShapes,
  matches: (name: string) => boolean,
): ParameterShapes {
  const chosen = Object.entries(shapes).filter(([name]) => matches(name));
  return Object.fromEntries(chosen);
}
