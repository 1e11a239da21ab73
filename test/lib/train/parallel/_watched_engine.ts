import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  type Bindings,
  type CompileOptions,
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  type Program,
  type TensorsUse,
} from "../../../../lib/tensor/mod.ts";

/** The reference engine, and what was asked of its memory. */
export class WatchedEngine implements Engine {
  readonly name = "watched";
  readonly description = "the reference engine, watched";
  /** What was made by name and not disposed: not the outputs of runs. */
  readonly held = new Set<Executable | DeviceTensor>();
  /** How many tensors were copied here. */
  uploads = 0;
  /** Which tensors were read, by call. */
  readonly reads: (readonly DeviceTensor[])[] = [];
  readonly #engine = createReferenceEngine();

  async compile(
    program: Program,
    options?: CompileOptions,
  ): Promise<Executable> {
    return this.#hold(await this.#engine.compile(program, options));
  }

  async upload(tensor: HostTensor): Promise<DeviceTensor> {
    this.uploads++;
    return this.#hold(await this.#engine.upload(tensor));
  }

  download(tensor: DeviceTensor): Promise<HostTensor> {
    this.reads.push([tensor]);
    return this.#engine.download(tensor);
  }

  lend(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    this.reads.push(tensors);
    return this.#engine.lend(tensors, use);
  }

  fill(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return this.#engine.fill(tensors, use);
  }

  run(executable: Executable, bindings: Bindings): ReturnType<Engine["run"]> {
    return this.#engine.run(executable, bindings);
  }

  dispose(resource: Executable | DeviceTensor): void {
    this.held.delete(resource);
    this.#engine.dispose(resource);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #hold<T extends Executable | DeviceTensor>(made: T): T {
    this.held.add(made);
    return made;
  }
}

/** A vector, unless a shape is given, of numbers that no engine rounds. */
export function numbers(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): HostTensor {
  return hostTensor("f64", shape, Float64Array.from(values));
}
