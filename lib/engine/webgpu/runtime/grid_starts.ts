import type { Kernel } from "../kernels/code.ts";
import { piecesOf } from "../kernels/grid.ts";

/** Where a part of a uniform buffer may be bound. */
const ALIGNMENT_WORDS = 64;

/** How one piece of a kernel is dispatched. */
export interface DispatchedPiece {
  readonly workgroups: number;
  /** Tells a kernel of several pieces where this one begins. */
  readonly start?: GPUBindGroup;
}

/** What tells kernels where the pieces of their grids begin. */
export class GridStarts {
  readonly #device: GPUDevice;
  readonly #buffers: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /**
   * The pieces of a kernel, in their order.
   *
   * @param options.isWhole whether there is one all the same
   */
  piecesOf(
    { workgroups, pieces = 1 }: Pick<Kernel, "workgroups" | "pieces">,
    pipeline: GPUComputePipeline,
    { isWhole = false }: { isWhole?: boolean } = {},
  ): readonly DispatchedPiece[] {
    if (pieces === 1) return [{ workgroups }];
    const cut = piecesOf({ workgroups, pieces: isWhole ? 1 : pieces });
    const buffer = this.#bufferOf(cut.map(({ first }) => first));
    const layout = pipeline.getBindGroupLayout(1);
    return cut.map(({ workgroups }, i) => {
      const resource = { buffer, offset: 4 * i * ALIGNMENT_WORDS, size: 4 };
      const entries = [{ binding: 0, resource }];
      const start = this.#device.createBindGroup({ layout, entries });
      return { workgroups, start };
    });
  }

  #bufferOf(firsts: readonly number[]): GPUBuffer {
    const buffer = this.#device.createBuffer({
      size: 4 * firsts.length * ALIGNMENT_WORDS,
      usage: GPUBufferUsage.UNIFORM,
      mappedAtCreation: true,
    });
    const words = new Uint32Array(buffer.getMappedRange());
    firsts.forEach((first, i) => words[i * ALIGNMENT_WORDS] = first);
    buffer.unmap();
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Frees what the pieces read. */
  destroy(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }
}
