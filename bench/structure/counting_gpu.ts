/** What was asked of a device. */
export interface GpuCounts {
  /** Buffers and bind groups that were made. */
  allocations: number;
  /** Times that the host waits for results. */
  readBacks: number;
  submissions: number;
  dispatches: number;
}

/** Lanes of a subgroup, also what every word holds that is read back. */
const SUBGROUP = 32;

/** What a large GPU allows. */
const LIMITS = {
  maxBufferSize: 2 ** 40,
  maxStorageBufferBindingSize: 2 ** 40,
  maxStorageBuffersPerShaderStage: 32,
  maxComputeWorkgroupStorageSize: 49152,
  maxComputeInvocationsPerWorkgroup: 1024,
};

/**
 * A GPU that computes nothing and counts what is asked of it: what an engine
 * does on the host is the same as with a real one.
 */
export class CountingGpu {
  counts = zeroCounts();
  readonly adapter: GPUAdapter;

  constructor() {
    const adapter = {
      limits: LIMITS,
      features: new Set(["subgroups"]),
      info: {
        description: "counting GPU",
        vendor: "",
        isFallbackAdapter: true,
      },
      requestDevice: () => Promise.resolve(this.#device()),
    };
    this.adapter = adapter as unknown as GPUAdapter;
  }

  /** Counts from zero again. */
  reset(): void {
    this.counts = zeroCounts();
  }

  #device(): GPUDevice {
    const made = () => {
      this.counts.allocations++;
      return {};
    };
    const device = {
      limits: LIMITS,
      features: new Set(["subgroups"]),
      lost: new Promise(() => {}),
      queue: this.#queue(),
      addEventListener: nothing,
      pushErrorScope: nothing,
      popErrorScope: () => Promise.resolve(null),
      createShaderModule: () => ({}),
      createComputePipeline: pipeline,
      createComputePipelineAsync: () => Promise.resolve(pipeline()),
      createBindGroup: made,
      createBuffer: ({ size }: GPUBufferDescriptor) => {
        made();
        return this.#buffer(size);
      },
      createCommandEncoder: () => this.#encoder(),
      destroy: nothing,
    };
    return device as unknown as GPUDevice;
  }

  #buffer(size: number): unknown {
    return {
      size,
      destroy: nothing,
      unmap: nothing,
      mapAsync: () => {
        this.counts.readBacks++;
        return Promise.resolve();
      },
      getMappedRange: () => new Uint32Array(size / 4).fill(SUBGROUP).buffer,
    };
  }

  #encoder(): unknown {
    const pass = {
      setPipeline: nothing,
      setBindGroup: nothing,
      dispatchWorkgroups: () => {
        this.counts.dispatches++;
      },
      end: nothing,
    };
    return {
      beginComputePass: () => pass,
      copyBufferToBuffer: nothing,
      clearBuffer: nothing,
      finish: () => ({}),
    };
  }

  #queue(): unknown {
    return {
      writeBuffer: nothing,
      submit: () => {
        this.counts.submissions++;
      },
      onSubmittedWorkDone: () => Promise.resolve(undefined),
    };
  }
}

function zeroCounts(): GpuCounts {
  return {
    allocations: 0,
    readBacks: 0,
    submissions: 0,
    dispatches: 0,
  };
}

function nothing(): void {}

function pipeline(): unknown {
  return { getBindGroupLayout: () => ({}) };
}
