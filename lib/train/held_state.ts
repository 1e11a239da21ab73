import type { DeviceTensor, Engine, HostTensor } from "../tensor/mod.ts";

/** The state of a training in an engine's memory. */
export interface HeldState {
  /** What lies here. */
  readonly tensors: Readonly<Record<string, DeviceTensor>>;
  /** Whether whole states are read here; elsewhere nothing comes. */
  readonly leads: boolean;
  /**
   * Tensors of the state in turn, wherever they lie, in the engine's precision.
   * Those who share a state all ask for the same ones.
   */
  read(
    names: readonly string[],
  ): AsyncIterable<readonly [name: string, tensor: HostTensor]>;
  /**
   * Tensors of the state, all of them where whole states are read and none
   * elsewhere, to be let go after use.
   */
  borrow(names: readonly string[]): Promise<BorrowedState>;
}

/** Tensors of a state in the engine's memory, for a while. */
export interface BorrowedState extends Disposable {
  readonly tensors: Readonly<Record<string, DeviceTensor>>;
}

/** A state that lies here as a whole. */
export class WholeState implements HeldState {
  readonly tensors: Readonly<Record<string, DeviceTensor>>;
  readonly leads = true;
  readonly #engine: Engine;

  constructor(
    engine: Engine,
    tensors: Readonly<Record<string, DeviceTensor>>,
  ) {
    this.#engine = engine;
    this.tensors = tensors;
  }

  async *read(
    names: readonly string[],
  ): AsyncGenerator<readonly [string, HostTensor]> {
    for (const name of names) {
      yield [name, await this.#engine.download(this.tensors[name]!)];
    }
  }

  borrow(): Promise<BorrowedState> {
    return Promise.resolve({ tensors: this.tensors, [Symbol.dispose]() {} });
  }
}
