/** Tensors that take fewer bits: frozen weights, caches, what kernels keep. */
import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  createWebGpuEngine,
  type Precision,
  type WebGpuOptions,
} from "../../../../lib/engine/webgpu/mod.ts";
import {
  add,
  cachedAttention,
  type Engine,
  type FrozenTensor,
  gather,
  type HostTensor,
  input,
  layerNorm,
  matmul,
  mul,
  type Program,
  program,
  quantize,
  silu,
  slice,
  sum,
  toHalf,
  updateSlice,
  zeros,
} from "../../../../lib/tensor/mod.ts";
import { Draw, i32 } from "../../../cases/values.ts";
import { engineAvailable } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";

const { available } = await engineAvailable("webgpu");

/** Rounding of f32 sums. */
const EXACT = 1e-5;

/** An adapter that says it is hardware, so that kernels for hardware are written. */
function asHardware(adapter: GPUAdapter): GPUAdapter {
  const { features, limits, info: { description, vendor } } = adapter;
  return {
    features,
    limits,
    info: { description, vendor, isFallbackAdapter: false },
    requestDevice: (descriptor: GPUDeviceDescriptor) =>
      adapter.requestDevice(descriptor),
  } as GPUAdapter;
}

interface Given {
  readonly inputs: Readonly<Record<string, HostTensor>>;
  readonly frozen: Readonly<Record<string, FrozenTensor>>;
}

async function outputsOf(
  engine: Engine,
  built: Program,
  { inputs, frozen }: Given,
): Promise<Record<string, HostTensor>> {
  const executable = await engine.compile(built, { frozen });
  const outputs = await engine.run(executable, { inputs });
  const host: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    host[name] = await engine.download(tensor);
  }
  engine.dispose(executable);
  return host;
}

/** Largest error of a program's outputs, of their largest magnitude, is at most a tolerance. */
async function requireClose(
  built: Program,
  given: Given,
  { hardware = false, tolerance, ...options }: WebGpuOptions & {
    hardware?: boolean;
    tolerance: number;
  },
): Promise<void> {
  const adapter = await requireAdapter();
  const gpu = await createWebGpuEngine(
    hardware ? asHardware(adapter) : adapter,
    options,
  );
  const actual = await outputsOf(gpu, built, given);
  await gpu.close();
  const expected = await outputsOf(createReferenceEngine(), built, given);
  for (const [name, value] of Object.entries(expected)) {
    assertClose(actual[name]!, value, {
      what: `${name} of "${built.name}"`,
      tolerance,
    });
  }
}

/** A norm, two halves of a fused weight, and a product of the norm's input. */
function gated(rows: number, width: number): Program {
  const [x, weight, bias] = [
    input("x", [rows, width]),
    input("weight", [width]),
    input("bias", [width]),
  ];
  const w = input("w", [48, width]);
  const h = layerNorm(x, { weight, bias, epsilon: 1e-6 });
  const [gate, value] = [0, 1].map((i) =>
    matmul(h, slice(w, 0, { start: 24 * i, stop: 24 * (i + 1) }), {
      transposeB: true,
    })
  );
  return program(`gated ${rows}x${width}`, {
    inputs: { x, weight, bias },
    state: { w: { value: w } },
    outputs: {
      gated: mul(silu(gate!), value!),
      plain: matmul(x, w, { transposeB: true }),
    },
  });
}

function gatedValues(
  rows: number,
  width: number,
  pack: (weight: HostTensor) => FrozenTensor,
): Given {
  const draw = new Draw(rows + width);
  return {
    inputs: {
      x: draw.floats([rows, width]),
      weight: draw.floats([width]),
      bias: draw.floats([width]),
    },
    frozen: { w: pack(draw.floats([48, width], { low: -0.1, high: 0.1 })) },
  };
}

/** Rows and widths: few and many rows, several chunks, a short last block, no fours. */
const SIZES = [[1, 196], [3, 768], [16, 4100], [40, 132], [5, 35]] as const;

for (const [name, pack] of Object.entries({ toHalf, quantize })) {
  for (const hardware of [false, true]) {
    const where = hardware ? "kernels for hardware" : "the adapter's kernels";
    Deno.test({
      name: `${where} read what ${name}() made as the numbers it holds`,
      ignore: !available,
      fn: async () => {
        for (const [rows, width] of SIZES) {
          await requireClose(
            gated(rows, width),
            gatedValues(rows, width, pack),
            { hardware, tolerance: EXACT },
          );
        }
      },
    });
  }
}

Deno.test({
  name: "products of bytes are as close as two roundings to 8 bits",
  ignore: !available,
  fn: async () => {
    for (const [rows, width] of SIZES) {
      await requireClose(
        gated(rows, width),
        gatedValues(rows, width, quantize),
        { precision: "i8", tolerance: 0.02 },
      );
    }
  },
});

Deno.test({
  name: "f32 weights become f16 on request, and too large ones do not",
  ignore: !available,
  fn: async () => {
    const w = input("w", [6, 4]);
    const built = program("doubled", {
      state: { w: { value: w } },
      outputs: { y: mul(w, 2) },
    });
    const fine = new Draw(1).floats([6, 4]);
    const [rounds, keeps] = [fine, new Draw(1).floats([6, 4])];
    keeps.data[3] = 1e5;
    const gpu = await createWebGpuEngine(await requireAdapter(), {
      precision: "f16",
    });
    const given = (tensor: HostTensor) => ({
      inputs: {},
      frozen: { w: tensor },
    });
    const { y: rounded } = await outputsOf(gpu, built, given(rounds));
    const half = new Float16Array(fine.data as Float32Array);
    assert.deepEqual([...rounded!.data], Array.from(half, (v) => 2 * v));
    const { y: kept } = await outputsOf(gpu, built, given(keeps));
    assert.deepEqual([...kept!.data], Array.from(keeps.data, (v) => 2 * v));
    await gpu.close();
  },
});

const CACHE = [1, 2, 6, 8] as const;

/** Takes one row into both caches and attends to what they have. */
function attends(): Program {
  const [q, k, v] = ["q", "k", "v"].map((name) => input(name, [1, 2, 1, 8]));
  const [keys, values] = [input("keys", CACHE), input("values", CACHE)];
  const position = input("position", [], "i32");
  const at = { start: position, axis: 2 };
  return program("attends", {
    inputs: { q: q!, k: k!, v: v!, position },
    state: {
      keys: { value: keys, next: updateSlice(keys, k!, at) },
      values: { value: values, next: updateSlice(values, v!, at) },
    },
    outputs: {
      y: cachedAttention({
        q: q!,
        k: k!,
        v: v!,
        keys,
        values,
        position,
        scale: 0.4,
      }),
    },
  });
}

/** Reads a cache as any other state, and changes it. */
function shifts(): Program {
  const keys = input("keys", CACHE);
  return program("shifts", {
    state: { keys: { value: keys, next: add(keys, 0.25) } },
    outputs: {},
  });
}

/** Reads a cache as an input. */
function doubles(): Program {
  const keys = input("keys", CACHE);
  return program("doubles", { inputs: { keys }, outputs: { y: mul(keys, 2) } });
}

/**
 * What runs of these programs leave, one cache filled in between: caches change
 * their format on the way.
 */
async function attended(engine: Engine): Promise<Record<string, HostTensor>> {
  const [attend, shift] = [
    await engine.compile(attends()),
    await engine.compile(shifts()),
  ];
  const state = {
    keys: await engine.upload(zeros("f32", CACHE)),
    values: await engine.upload(zeros("f32", CACHE)),
  };
  const draw = new Draw(5);
  const results: Record<string, HostTensor> = {};
  for (let step = 0; step < 3; step++) {
    const rows = Object.fromEntries(
      ["q", "k", "v"].map((name) => [name, draw.floats([1, 2, 1, 8])]),
    );
    const inputs = { ...rows, position: i32([], [step]) };
    const { y } = await engine.run(attend, { inputs, state });
    results[`y${step}`] = await engine.download(y!);
    if (step === 1) {
      await engine.run(shift, { state: { keys: state.keys } });
      const { data } = draw.floats(CACHE);
      await engine.fill([state.values], ([values]) => {
        values!.data.set(data as never);
        return Promise.resolve();
      });
    }
  }
  const read = await engine.compile(doubles());
  const { y } = await engine.run(read, { inputs: { keys: state.keys } });
  results.doubled = await engine.download(y!);
  results.keys = await engine.download(state.keys);
  results.values = await engine.download(state.values);
  await engine.close();
  return results;
}

Deno.test({
  name: "caches are f16 where attention reads them, f32 where others do",
  ignore: !available,
  fn: async () => {
    const adapter = await requireAdapter();
    const expected = await attended(createReferenceEngine());
    const precisions: readonly Precision[] = ["f32", "f16"];
    for (const precision of precisions) {
      const engine = await createWebGpuEngine(adapter, { precision });
      const actual = await attended(engine);
      for (const [name, value] of Object.entries(expected)) {
        assertClose(actual[name]!, value, {
          what: `${name} in ${precision}`,
          tolerance: precision === "f16" ? 2 ** -10 : EXACT,
        });
      }
    }
  },
});

for (const [name, pack] of Object.entries({ toHalf, quantize })) {
  Deno.test({
    name: `weights of ${name}() that one binding cannot cover are windows`,
    ignore: !available,
    fn: async () => {
      const [table, at] = [
        input("table", [900, 182]),
        input("at", [40], "i32"),
      ];
      const built = program("windows", {
        inputs: { at },
        state: { table: { value: table } },
        outputs: { rows: gather(table, at), sums: sum(table, { axes: [1] }) },
      });
      const draw = new Draw(3);
      await requireClose(built, {
        inputs: { at: draw.integers([40], { high: 900 }) },
        frozen: { table: pack(draw.floats([900, 182])) },
      }, { maxBindingBytes: 64 * 1024, tolerance: EXACT });
    },
  });
}

Deno.test({
  name: "f16 tensors that one binding cannot cover are bound in windows",
  ignore: !available,
  fn: async () => {
    const [x, first, second] = [
      input("x", [300, 24]),
      input("first", [400, 24]),
      input("second", [32, 400]),
    ];
    const hidden = silu(matmul(x, first, { transposeB: true }));
    const built = program("wide", {
      inputs: { x },
      state: { first: { value: first }, second: { value: second } },
      outputs: { y: matmul(hidden, second, { transposeB: true }) },
    });
    const draw = new Draw(2);
    const given = {
      inputs: { x: draw.floats([300, 24]) },
      frozen: {
        first: toHalf(draw.floats([400, 24])),
        second: toHalf(draw.floats([32, 400])),
      },
    };
    const maxBindingBytes = 64 * 1024;
    await requireClose(built, given, {
      maxBindingBytes,
      precision: "f16",
      tolerance: 2 ** -10,
    });
  },
});
