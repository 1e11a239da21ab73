import type {
  Bindings,
  CompileOptions,
  DeviceTensor,
  Engine,
  Executable,
  TensorsUse,
} from "./engine.ts";
import type { HostTensor } from "./host_tensor.ts";
import type { Program } from "./program.ts";

/** Runs programs in one lane of another engine. */
class LaneEngine implements Engine {
  readonly name: string;
  readonly description: string;
  readonly #engine: Engine;
  readonly #lane: number;

  constructor(engine: Engine, lane: number) {
    this.name = engine.name;
    this.description = engine.description;
    this.#engine = engine;
    this.#lane = lane;
  }

  compile(program: Program, options?: CompileOptions): Promise<Executable> {
    return this.#engine.compile(program, { ...options, lane: this.#lane });
  }

  upload(tensor: HostTensor): Promise<DeviceTensor> {
    return this.#engine.upload(tensor);
  }

  download(tensor: DeviceTensor): Promise<HostTensor> {
    return this.#engine.download(tensor);
  }

  lend(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return this.#engine.lend(tensors, use);
  }

  fill(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return this.#engine.fill(tensors, use);
  }

  run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    return this.#engine.run(executable, bindings);
  }

  dispose(resource: Executable | DeviceTensor): void {
    this.#engine.dispose(resource);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

/**
 * An engine for work whose bytes must not depend on how large the machine is: all
 * of it runs in the first lane, where there are lanes.
 */
export function inLane(engine: Engine): Engine {
  return engine.lanes === undefined ? engine : new LaneEngine(engine, 0);
}
