/**
 * Parts of WGSL that a device has only with a feature, and how a text that uses
 * one is known.
 */
const EXTENSIONS = {
  f16: /\bf16\b/,
  subgroups: /\bsubgroup(_size|[A-Z]\w*\()/,
} as const;

type Extension = keyof typeof EXTENSIONS;

const NAMES = Object.keys(EXTENSIONS) as readonly Extension[];

/**
 * Which extensions a device wants to be named in texts that use them: all of
 * them by the standard, but Deno refuses the name of subgroups.
 */
export class Dialect {
  readonly #named: ReadonlySet<Extension>;

  /** @param named extensions that texts must name */
  constructor(named: Iterable<Extension>) {
    this.#named = new Set(named);
  }

  /** A text as the device takes it. */
  complete(wgsl: string): string {
    const used = NAMES.filter((name) =>
      this.#named.has(name) && EXTENSIONS[name].test(wgsl)
    );
    return [...used.map((name) => `enable ${name};\n`), wgsl].join("");
  }
}

/** What a device was found to speak. */
export interface Speech {
  readonly dialect: Dialect;
  /** Lanes of a subgroup as kernels see them; 0 where they cannot use them. */
  readonly subgroupSize: number;
}

/**
 * Finds the dialect of a device by a small kernel.
 *
 * @param options.subgroups whether the device was given subgroups
 */
export async function probeDialect(
  device: GPUDevice,
  { subgroups }: { subgroups: boolean },
): Promise<Speech> {
  const standard = new Dialect(NAMES);
  if (!subgroups) return { dialect: standard, subgroupSize: 0 };
  for (const dialect of [standard, new Dialect(["f16"])]) {
    const subgroupSize = await measureSubgroup(device, dialect);
    if (subgroupSize > 0) return { dialect, subgroupSize };
  }
  return { dialect: standard, subgroupSize: 0 };
}

const SUBGROUP_WGSL = `
@group(0) @binding(0) var<storage, read_write> size: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(subgroup_size) lanes: u32) { size[0] = lanes; }
`;

/** Lanes of a subgroup; 0 where the device refuses the text. */
async function measureSubgroup(
  device: GPUDevice,
  dialect: Dialect,
): Promise<number> {
  device.pushErrorScope("validation");
  const code = dialect.complete(SUBGROUP_WGSL);
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
  if (await device.popErrorScope() !== null) return 0;
  const usage = GPUBufferUsage;
  const buffer = device.createBuffer({
    size: 4,
    usage: usage.STORAGE | usage.COPY_SRC,
  });
  const result = device.createBuffer({
    size: 4,
    usage: usage.MAP_READ | usage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const layout = pipeline.getBindGroupLayout(0);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, result, 0, 4);
  device.queue.submit([encoder.finish()]);
  await result.mapAsync(GPUMapMode.READ);
  const [size] = new Uint32Array(result.getMappedRange().slice(0));
  buffer.destroy();
  result.destroy();
  return size!;
}
