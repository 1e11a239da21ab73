import assert from "node:assert/strict";
import { Draw } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import {
  add,
  dequantize,
  type Engine,
  type FrozenStates,
  type FrozenTensor,
  gather,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  program,
  quantize,
  type Shape,
  sizeOf,
  slice,
  toHalf,
  zeros,
} from "../../../lib/tensor/mod.ts";

/** Two blocks of a row of 8-bit numbers, the second one a short one. */
const WIDTH = 196;
const OUTPUTS = 24;

/** Rounding of f32 sums of WIDTH terms below 1. */
const TOLERANCE = 1e-5;

/**
 * What rounding x to 8 bits may change of a product, relative to its size: an
 * engine may do that where weights have 8 bits.
 */
const QUANTIZED_TOLERANCE = 0.02;

function random(shape: Shape, seed: number): HostTensor<"f32"> {
  const draw = new Draw(seed);
  const data = new Float32Array(sizeOf(shape)).map(() => draw.number() - 0.5);
  return hostTensor("f32", shape, data);
}

/** Products of x with all of a weight and with parts of it, and rows of it. */
async function products(
  engine: Engine,
  { rows, weight }: { rows: number; weight: FrozenStates[string] },
): Promise<Record<string, Float64Array>> {
  const x = input("x", [rows, WIDTH]);
  const w = input("w", [OUTPUTS, WIDTH]);
  const parts = [0, 1, 2].map((part) =>
    matmul(
      x,
      slice(w, 0, { start: 8 * part, stop: 8 * (part + 1) }),
      { transposeB: true },
    )
  );
  const indices = input("indices", [2], "i32");
  const executable = await engine.compile(
    program("products", {
      inputs: { x, indices },
      state: { w: { value: w } },
      outputs: {
        whole: matmul(x, w, { transposeB: true }),
        sum: add(add(parts[0]!, parts[1]!), parts[2]!),
        picked: gather(w, indices),
      },
    }),
    { frozen: { w: weight } },
  );
  const outputs = await engine.run(executable, {
    inputs: {
      x: random([rows, WIDTH], 1),
      indices: hostTensor("i32", [2], Int32Array.of(23, 4)),
    },
  });
  const values: Record<string, Float64Array> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    const { data } = await engine.download(tensor);
    values[name] = Float64Array.from(data as Float32Array);
  }
  engine.dispose(executable);
  return values;
}

/** Root of the mean squared difference, over that of what is expected. */
function relativeError(found: Float64Array, expected: Float64Array): number {
  const energy = (at: (i: number) => number) =>
    expected.reduce((sum, _, i) => sum + at(i) ** 2, 0);
  const difference = energy((i) => found[i]! - expected[i]!);
  return Math.sqrt(difference / energy((i) => expected[i]!));
}

/** x times the transposed weight, and rows 23 and 4 of it, in float64. */
function expectedOf(
  rows: number,
  weight: HostTensor<"f64">,
): Record<string, Float64Array> {
  const x = random([rows, WIDTH], 1).data;
  const whole = new Float64Array(rows * OUTPUTS);
  for (let i = 0; i < whole.length; i++) {
    const [row, output] = [Math.floor(i / OUTPUTS), i % OUTPUTS];
    for (let k = 0; k < WIDTH; k++) {
      whole[i]! += x[row * WIDTH + k]! * weight.data[output * WIDTH + k]!;
    }
  }
  const sum = new Float64Array(rows * 8);
  for (let i = 0; i < sum.length; i++) {
    const [row, output] = [Math.floor(i / 8), i % 8];
    for (let part = 0; part < 3; part++) {
      sum[i]! += whole[row * OUTPUTS + 8 * part + output]!;
    }
  }
  const row = (index: number) =>
    weight.data.subarray(index * WIDTH, (index + 1) * WIDTH);
  return { whole, sum, picked: Float64Array.of(...row(23), ...row(4)) };
}

await testOnEngines({
  "f16 weights stand for the numbers that they hold": async (engine) => {
    const halves = toHalf(random([OUTPUTS, WIDTH], 2));
    const exact = Float64Array.from(
      new Float16Array(halves.data.buffer as ArrayBuffer),
    );
    const weight = hostTensor("f64", halves.shape, exact);
    for (const rows of [1, 5]) {
      const found = await products(engine, { rows, weight: halves });
      const expected = expectedOf(rows, weight);
      for (const name of Object.keys(expected)) {
        const error = relativeError(found[name]!, expected[name]!);
        assert.ok(error <= TOLERANCE, `${name}, ${rows} rows: ${error}`);
      }
    }
  },

  "8-bit weights stand for the numbers that they hold": async (engine) => {
    const quantized = quantize(random([OUTPUTS, WIDTH], 3));
    const weight = dequantize(quantized, "f64");
    for (const rows of [1, 5, 70]) {
      const found = await products(engine, { rows, weight: quantized });
      const expected = expectedOf(rows, weight);
      for (const name of Object.keys(expected)) {
        const error = relativeError(found[name]!, expected[name]!);
        const most = name === "picked" ? TOLERANCE : QUANTIZED_TOLERANCE;
        assert.ok(error <= most, `${name}, ${rows} rows: ${error}`);
      }
    }
  },

  "stored weights are read when a program is compiled": async (engine) => {
    const quantized = quantize(random([OUTPUTS, WIDTH], 4));
    const weight = {
      dtype: "q8",
      shape: [OUTPUTS, WIDTH],
      identity: "test weight",
      load: () => Promise.resolve(quantized),
    } as const;
    const found = await products(engine, { rows: 2, weight });
    const expected = expectedOf(2, dequantize(quantized, "f64"));
    const error = relativeError(found.whole!, expected.whole!);
    assert.ok(error <= QUANTIZED_TOLERANCE, `${error}`);
  },

  "compile() refuses an incomplete 8-bit matrix": async (engine) => {
    const w = input("w", [2, WIDTH]);
    const made = program("p", {
      state: { w: { value: w } },
      outputs: { y: add(w, 1) },
    });
    const { data, shape } = quantize(zeros("f32", [2, WIDTH]));
    const weight = { dtype: "q8", shape, data, scales: new Float32Array(3) };
    await assert.rejects(
      engine.compile(made, { frozen: { w: weight as FrozenTensor } }),
      /state "w" must be f32 \[2,196\], got q8 \[2,196\]/,
    );
  },
});
