import type {
  Bindings,
  CompileOptions,
  DeviceTensor,
  Engine,
  Executable,
  HostTensor,
  Program,
} from "../lib/tensor/mod.ts";
import { type Cost, programCost } from "./cost.ts";

/** An engine that also notes which programs run, so that their cost is known. */
export class CountedEngine implements Engine {
  readonly name: string;
  readonly description: string;
  readonly #engine: Engine;
  readonly #runs = new Map<Program, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.name = engine.name;
    this.description = engine.description;
  }

  /** Forgets the runs so far. */
  reset(): void {
    this.#runs.clear();
  }

  /** Cost of the runs since the last reset, divided by `iterations`. */
  costPer(iterations: number): Cost {
    let [flops, bytes] = [0, 0];
    for (const [program, runs] of this.#runs) {
      const cost = programCost(program);
      flops += cost.flops * runs / iterations;
      bytes += cost.bytes * runs / iterations;
    }
    return { flops, bytes };
  }

  compile(program: Program, options?: CompileOptions): Promise<Executable> {
    return this.#engine.compile(program, options);
  }

  upload(tensor: HostTensor): Promise<DeviceTensor> {
    return this.#engine.upload(tensor);
  }

  download(tensor: DeviceTensor): Promise<HostTensor> {
    return this.#engine.download(tensor);
  }

  run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    const { program } = executable;
    this.#runs.set(program, (this.#runs.get(program) ?? 0) + 1);
    return this.#engine.run(executable, bindings);
  }

  dispose(resource: Executable | DeviceTensor): void {
    this.#engine.dispose(resource);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
