import type { StoredTensor } from "./compact.ts";
import { CountedEngine } from "./counted_engine.ts";
import type {
  DeviceTensor,
  Engine,
  Executable,
  ProgramRuns,
  TensorsUse,
} from "./engine.ts";
import { type HostTensor, type Shape, zeros } from "./host_tensor.ts";
import type { Program } from "./program.ts";

/**
 * An engine that computes nothing: what runs on it is counted, not done. It
 * holds no tensor, and what is read back from it is zeros.
 */
class IdleEngine implements Engine {
  readonly name = "idle";
  readonly description = "computes nothing";
  readonly workers: number;

  constructor(workers: number) {
    this.workers = workers;
  }

  compile(program: Program): Promise<Executable> {
    return Promise.resolve({ program });
  }

  upload({ dtype, shape }: HostTensor): Promise<DeviceTensor> {
    return Promise.resolve({ dtype, shape });
  }

  download({ dtype, shape }: DeviceTensor): Promise<HostTensor> {
    return Promise.resolve(zeros(dtype, shape));
  }

  lend(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return use(tensors.map(({ dtype, shape }) => zeros(dtype, shape)));
  }

  fill(tensors: readonly DeviceTensor[], use: TensorsUse): Promise<void> {
    return this.lend(tensors, use);
  }

  run(
    { program: { outputs } }: Executable,
  ): Promise<Readonly<Record<string, DeviceTensor>>> {
    return Promise.resolve(outputs);
  }

  dispose(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Counts the runs of programs that some work would do on an engine, without
 * doing any of it.
 *
 * @param options.workers programs that the engine may run side by side
 */
export async function countRuns(
  work: (engine: CountedEngine) => Promise<void>,
  { workers = 1 }: { readonly workers?: number | undefined } = {},
): Promise<readonly ProgramRuns[]> {
  const engine = new CountedEngine(new IdleEngine(workers));
  await work(engine);
  return engine.programRuns();
}

/** The same runs more often, or a part of them. */
export function timesRuns(
  runs: readonly ProgramRuns[],
  times: number,
): ProgramRuns[] {
  return runs.map((each) => ({ ...each, runs: each.runs * times }));
}

/** Weights for work that is counted alone: whoever reads their numbers fails. */
export function countedWeights(
  shapes: Readonly<Record<string, Shape>>,
  dtypeOf: (name: string) => StoredTensor["dtype"] = () => "f32",
): Record<string, StoredTensor> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const weight: StoredTensor = {
      dtype: dtypeOf(name),
      shape,
      identity: `counted ${name}`,
      load: () =>
        Promise.reject(new Error(`internal: "${name}" is there to be counted`)),
    };
    return [name, weight] as const;
  });
  return Object.fromEntries(entries);
}
