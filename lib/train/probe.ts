import {
  type Engine,
  type Executable,
  type FrozenStates,
  type HostTensor,
  input,
  type Node,
  program,
  type Tensor,
} from "../tensor/mod.ts";
import { Parameters } from "../nn/mod.ts";
import type { Batch } from "./compiled_step.ts";
import type { BorrowedState } from "./held_state.ts";
import { frozenName } from "./names.ts";
import type { Player } from "./player.ts";
import { mapKeys, mapValues } from "./records.ts";
import { resultNames } from "./state.ts";
import { StateLayout } from "./state_layout.ts";
import type { TrainingStep } from "./step.ts";

/** What is computed from the weights that a training has reached. */
export interface ProbeParts<Output extends string = string> {
  readonly name: string;
  /** Whose weights are read: their averages, where it keeps any. */
  readonly player: string;
  readonly frozen?: FrozenStates;
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  build(p: Parameters, frozen: Parameters): Readonly<Record<Output, Tensor>>;
}

/** Programs that read a training's state where it lies, and leave it as it is. */
export class Probes {
  readonly #engine: Engine;
  readonly #players: Readonly<Record<string, Player>>;
  readonly #compiled = new Map<ProbeParts, Executable>();

  constructor(
    engine: Engine,
    { players }: Pick<TrainingStep, "players">,
  ) {
    this.#engine = engine;
    this.#players = players;
  }

  /** All outputs of one run on a state; a probe is compiled at its first. */
  async run<Output extends string>(
    parts: ProbeParts<Output>,
    inputs: Batch,
    { tensors }: BorrowedState,
  ): Promise<Record<Output, HostTensor>> {
    const executable = this.#compiled.get(parts) ?? await this.#compile(parts);
    const state = Object.fromEntries(
      Object.values(this.#namesOf(parts))
        .map((name) => [name, tensors[name]!] as const),
    );
    const outputs = await this.#engine.run(executable, { inputs, state });
    const values: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      values[name] = await this.#engine.download(tensor);
    }
    return values;
  }

  dispose(): void {
    for (const executable of this.#compiled.values()) {
      this.#engine.dispose(executable);
    }
  }

  async #compile(parts: ProbeParts): Promise<Executable> {
    const { name, player, frozen = {}, inputs, build } = parts;
    const names = this.#namesOf(parts);
    const { leaves, parameters } = new StateLayout(
      this.#players[player]!.shapes,
    ).leaves((name) => names[name]!);
    const fixed = mapValues(
      frozen,
      ({ shape }, name) => input(frozenName(name), shape),
    );
    const read = [...Object.values(leaves), ...Object.values(fixed)];
    const state = read
      .map((value) => [value.attributes.name, { value }] as const);
    const executable = await this.#engine.compile(
      program(name, {
        inputs,
        state: Object.fromEntries(state),
        outputs: build(new Parameters(parameters), new Parameters(fixed)),
      }),
      { frozen: mapKeys(frozen, frozenName) },
    );
    this.#compiled.set(parts, executable);
    return executable;
  }

  /** Names of the state by those of its layout. */
  #namesOf({ player }: ProbeParts): Readonly<Record<string, string>> {
    return resultNames(player, this.#players[player]!);
  }
}
