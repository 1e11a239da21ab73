import { EngineError } from "../../../tensor/mod.ts";
import type { Kernel } from "../kernels/code.ts";
import type { OpenDevice } from "./device.ts";

/** How many pipelines an engine was asked for so far, and how many it has. */
export interface CompilationProgress {
  readonly finished: number;
  readonly total: number;
}

/** What a pipeline is compiled for, as far as it matters. */
type Compiled = Pick<Kernel, "name" | "wgsl">;

/** Compilers that work inside of a call keep everything else waiting that long at most. */
const LONGEST_BLOCK_MS = 30;

/** Pipelines by their WGSL: equal kernels of all programs share one. */
export class PipelineCache {
  readonly #open: Pick<OpenDevice, "device" | "dialect">;
  readonly #told: (progress: CompilationProgress) => void;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  #finished = 0;

  /** @param told called for each pipeline that is asked for and that is there */
  constructor(
    open: Pick<OpenDevice, "device" | "dialect">,
    told: (progress: CompilationProgress) => void = () => {},
  ) {
    this.#open = open;
    this.#told = told;
  }

  /**
   * The pipelines of kernels, in their order. All are started before the first
   * is waited for: browsers compile as many at once as there are cores.
   *
   * @throws {EngineError} naming the program and the kernel that a driver refuses
   */
  async compileAll(
    program: string,
    kernels: readonly Compiled[],
  ): Promise<GPUComputePipeline[]> {
    const compiled: Promise<GPUComputePipeline>[] = [];
    let since = performance.now();
    for (const kernel of kernels) {
      compiled.push(this.#compile(program, kernel));
      if (performance.now() - since < LONGEST_BLOCK_MS) continue;
      await new Promise((resume) => setTimeout(resume));
      since = performance.now();
    }
    return await Promise.all(compiled);
  }

  #compile(program: string, kernel: Compiled): Promise<GPUComputePipeline> {
    let pipeline = this.#pipelines.get(kernel.wgsl);
    if (pipeline === undefined) {
      pipeline = this.#create(kernel);
      this.#pipelines.set(kernel.wgsl, pipeline);
      this.#tell();
      pipeline.then(() => {
        this.#finished++;
        this.#tell();
      }, () => {});
    }
    const named = pipeline.catch(({ message }: Error) => {
      throw new EngineError(
        `Cannot compile kernel "${kernel.name}" of "${program}": ${message}`,
      );
    });
    // Others may fail before anyone waits for this one.
    named.catch(() => {});
    return named;
  }

  #tell(): void {
    const { size: total } = this.#pipelines;
    this.#told({ finished: this.#finished, total });
  }

  /** @throws {Error} with the driver's words */
  async #create({ name, wgsl }: Compiled): Promise<GPUComputePipeline> {
    const { device, dialect } = this.#open;
    device.pushErrorScope("validation");
    const code = dialect.complete(wgsl);
    const module = device.createShaderModule({ code, label: name });
    const refused = device.popErrorScope();
    const pipeline = device.createComputePipelineAsync({
      label: name,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    // The module's error says more, and comes first.
    pipeline.catch(() => {});
    const error = await refused;
    if (error !== null) throw new Error(error.message);
    return await pipeline;
  }
}
