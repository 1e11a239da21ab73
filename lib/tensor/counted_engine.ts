import { type Cost, programCost } from "./cost.ts";
import type {
  Bindings,
  CompileOptions,
  DeviceTensor,
  Engine,
  Executable,
  HardwarePeak,
  ProgramRuns,
  TensorsUse,
} from "./engine.ts";
import type { HostTensor } from "./host_tensor.ts";
import type { Program } from "./program.ts";

/** The least time of some work on some hardware, by what each alone would take. */
export interface LeastSeconds {
  /** Arithmetic. */
  readonly flops: number;
  /** Reading and writing memory. */
  readonly bytes: number;
  /** Both, each run at whichever takes longer. */
  readonly both: number;
}

/** The least time of runs of programs on some hardware. */
export function leastSecondsOf(
  runs: readonly ProgramRuns[],
  { flopsPerSecond, bytesPerSecond }: HardwarePeak,
): LeastSeconds {
  let [flops, bytes, both] = [0, 0, 0];
  for (const each of runs) {
    const arithmetic = each.flops * each.runs / flopsPerSecond;
    const memory = each.bytes * each.runs / bytesPerSecond;
    flops += arithmetic;
    bytes += memory;
    both += Math.max(arithmetic, memory);
  }
  return { flops, bytes, both };
}

/** An engine that also notes which programs run, so that their cost is known. */
export class CountedEngine implements Engine {
  readonly name: string;
  readonly description: string;
  readonly workers?: number;
  readonly compilesTogether?: boolean;
  readonly lanes?: number;
  readonly measurePeak?: () => Promise<HardwarePeak>;
  readonly #engine: Engine;
  readonly #runs = new Map<Program, number>();
  readonly #costs = new Map<Program, Cost>();
  readonly #frozen = new WeakMap<Program, CompileOptions["frozen"]>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.name = engine.name;
    this.description = engine.description;
    this.workers = engine.workers;
    this.compilesTogether = engine.compilesTogether;
    this.lanes = engine.lanes;
    if (engine.measurePeak !== undefined) {
      this.measurePeak = () => engine.measurePeak!();
    }
  }

  /** Forgets the runs so far. */
  reset(): void {
    this.#runs.clear();
  }

  /** The programs that ran since the last reset. */
  programRuns(): readonly ProgramRuns[] {
    return [...this.#runs].map(([program, runs]) => ({
      name: program.name,
      runs,
      ...this.#cost(program),
    }));
  }

  /** Cost of the runs since the last reset, divided by `iterations`. */
  costPer(iterations: number): Cost {
    let [flops, bytes] = [0, 0];
    for (const each of this.programRuns()) {
      flops += each.flops * each.runs / iterations;
      bytes += each.bytes * each.runs / iterations;
    }
    return { flops, bytes };
  }

  /** The least time that the runs since the last reset need on some hardware. */
  leastSeconds(peak: HardwarePeak): LeastSeconds {
    return leastSecondsOf(this.programRuns(), peak);
  }

  #cost(program: Program): Cost {
    const known = this.#costs.get(program);
    if (known !== undefined) return known;
    const cost = programCost(program, this.#frozen.get(program));
    this.#costs.set(program, cost);
    return cost;
  }

  compile(program: Program, options?: CompileOptions): Promise<Executable> {
    this.#frozen.set(program, options?.frozen);
    return this.#engine.compile(program, options);
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
