import { EngineError } from "../../../tensor/mod.ts";
import type { Kernel } from "../kernels/code.ts";

/** Pipelines by their WGSL: equal kernels of a model share one. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * The pipelines of kernels, in their order.
   *
   * @throws {Error} naming the program and the kernel that a driver refuses
   */
  async compileAll(
    program: string,
    kernels: readonly Kernel[],
  ): Promise<GPUComputePipeline[]> {
    const pipelines: GPUComputePipeline[] = [];
    for (const kernel of kernels) {
      pipelines.push(await this.#compile(program, kernel));
    }
    return pipelines;
  }

  async #compile(
    program: string,
    { name, wgsl }: Kernel,
  ): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(wgsl);
    if (known !== undefined) return known;
    const device = this.#device;
    device.pushErrorScope("validation");
    device.pushErrorScope("internal");
    const module = device.createShaderModule({ code: wgsl, label: name });
    const pipeline = device.createComputePipeline({
      label: name,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const internal = await device.popErrorScope();
    const error = await device.popErrorScope() ?? internal;
    if (error !== null) {
      throw new EngineError(
        `Cannot compile kernel "${name}" of "${program}": ${error.message}`,
      );
    }
    this.#pipelines.set(wgsl, pipeline);
    return pipeline;
  }
}
