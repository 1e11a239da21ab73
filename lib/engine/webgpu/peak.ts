import type { HardwarePeak } from "../../tensor/mod.ts";

/** Work grows until one measurement takes this long: waiting itself takes some ms. */
const LONG_ENOUGH_SECONDS = 0.05;
/** Measurements of the final size, of which the fastest counts. */
const ROUNDS = 2;
/** Repetitions in one measurement at most. */
const MOST_TIMES = 1 << 14;

const WORKGROUP = 64;

/** Invocations of a multiply-add dispatch: enough to fill any GPU. */
const INVOCATIONS = 1 << 18;
/** Rounds of one invocation; drivers may stop kernels that run for long. */
const TURNS = 64;
/** Multiply-adds of each vector in one round. */
const UNROLLED = 16;
/** Independent vectors of four: no result is waited for, and all fit registers. */
const VECTORS = 2;

/** Bytes of each of the two arrays of a copy. */
const COPY_BYTES = 128 * 2 ** 20;

/** Measures what the adapter of a device reaches, in a few hundred milliseconds. */
export async function measurePeak(device: GPUDevice): Promise<HardwarePeak> {
  return {
    flopsPerSecond: await measureFlops(device),
    bytesPerSecond: await measureBytes(device),
  };
}

/** Multiply-adds in registers; each counts twice. */
async function measureFlops(device: GPUDevice): Promise<number> {
  const names = Array.from({ length: VECTORS }, (_, i) => `x${i}`);
  const start = names.map((x, i) => `var ${x} = vec4<f32>(a + ${i}.0f);`);
  const round = names.map((x) => `${x} = ${x} * a + b;`);
  const code = `
@group(0) @binding(0) var<storage, read_write> out: array<vec4<f32>>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let a = 1.0f - 1.0f / f32(id.x + 2u);
  let b = out[id.x % ${WORKGROUP}u].x;
  ${start.join("\n  ")}
  for (var i = 0u; i < ${TURNS}u; i++) {
    ${new Array(UNROLLED).fill(round).flat().join("\n    ")}
  }
  let sum = ${names.join(" + ")};
  // Never true, which no compiler knows.
  if (sum.x == -1.0f) { out[id.x % ${WORKGROUP}u] = sum; }
}`;
  const buffer = device.createBuffer({
    size: 16 * WORKGROUP,
    usage: GPUBufferUsage.STORAGE,
  });
  const work = { code, buffers: [buffer], invocations: INVOCATIONS };
  const seconds = await secondsOf(device, dispatches(device, work));
  buffer.destroy();
  return 2 * 4 * VECTORS * UNROLLED * TURNS * INVOCATIONS / seconds;
}

/**
 * Bytes read plus bytes written by copies between two large arrays: by a kernel
 * or by the device's own command, whichever is faster.
 */
async function measureBytes(device: GPUDevice): Promise<number> {
  const { maxStorageBufferBindingSize } = device.limits;
  const bytes = Math.min(COPY_BYTES, maxStorageBufferBindingSize);
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const buffers = [COPY_SRC, COPY_DST].map((usage) =>
    device.createBuffer({ size: bytes, usage: STORAGE | usage })
  );
  const kernel = copyKernel(device, buffers, bytes);
  const command = (encoder: GPUCommandEncoder, times: number) => {
    for (let i = 0; i < times; i++) {
      encoder.copyBufferToBuffer(buffers[0]!, 0, buffers[1]!, 0, bytes);
    }
  };
  const seconds = Math.min(
    await secondsOf(device, kernel),
    await secondsOf(device, command),
  );
  for (const buffer of buffers) buffer.destroy();
  return 2 * bytes / seconds;
}

function copyKernel(
  device: GPUDevice,
  buffers: readonly GPUBuffer[],
  bytes: number,
): Encode {
  const across = 4096 * WORKGROUP;
  const code = `
@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4<f32>>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * ${across}u;
  copy[i] = source[i];
}`;
  const rows = Math.floor(bytes / 16 / across);
  return dispatches(device, { code, buffers, invocations: across, rows });
}

interface Work {
  readonly code: string;
  readonly buffers: readonly GPUBuffer[];
  readonly invocations: number;
  readonly rows?: number;
}

/** Records some work, a number of times over. */
type Encode = (encoder: GPUCommandEncoder, times: number) => void;

function dispatches(
  device: GPUDevice,
  { code, buffers, invocations, rows = 1 }: Work,
): Encode {
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({
      binding,
      resource: { buffer },
    })),
  });
  return (encoder, times) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < times; i++) {
      pass.dispatchWorkgroups(invocations / WORKGROUP, rows);
    }
    pass.end();
  };
}

/** Seconds of some work once, from many times. */
async function secondsOf(device: GPUDevice, encode: Encode): Promise<number> {
  async function run(times: number): Promise<number> {
    const encoder = device.createCommandEncoder();
    encode(encoder, times);
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1000;
  }
  let times = 1;
  // The first one also pays for compilation and for touching memory.
  await run(times);
  let best = await run(times);
  while (best < LONG_ENOUGH_SECONDS && times < MOST_TIMES) {
    times *= 4;
    best = await run(times);
  }
  for (let i = 1; i < ROUNDS; i++) best = Math.min(best, await run(times));
  return best / times;
}
