import assert from "node:assert/strict";
import {
  cos,
  erf,
  exp,
  expm1,
  hostTensor,
  input,
  log,
  log1p,
  pow,
  program,
  sigmoid,
  sin,
  softplus,
  tanh,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { openEngine } from "../../../engines.ts";

const { engine, reason } = await openEngine("webgpu");
const why = reason === "" ? "" : ` (ignored: ${reason})`;

/** Points between two numbers, evenly or in equal ratios. */
function points(from: number, to: number, ratio = false): Float32Array {
  const count = 4001;
  return Float32Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    return ratio ? from * (to / from) ** share : from + (to - from) * share;
  });
}

interface Range {
  readonly apply: (x: Tensor) => Tensor;
  readonly x: Float32Array;
  /** Errors relative to the result, or to `floor` where it is smaller. */
  readonly tolerance: number;
  readonly floor: number;
}

/** Roundings of f32, about 6e-8 each. */
const FEW = 4e-7;

const RANGES: Readonly<Record<string, Range>> = {
  "exp, -87 to 88": {
    apply: exp,
    x: points(-87, 88),
    tolerance: FEW,
    floor: 0,
  },
  "expm1 around 0": {
    apply: expm1,
    x: points(-1e-6, 3),
    tolerance: FEW,
    floor: 1e-12,
  },
  "log of normal numbers": {
    apply: log,
    // What is smaller than 1.18e-38 may be flushed to zero, on any side.
    x: points(1.2e-38, 1e38, true),
    tolerance: FEW,
    floor: 1e-1,
  },
  "log1p of small numbers": {
    apply: log1p,
    x: points(1e-8, 10, true),
    tolerance: FEW,
    floor: 0,
  },
  "log1p of negative numbers": {
    apply: log1p,
    x: points(-0.99, -1e-6),
    tolerance: FEW,
    floor: 1e-7,
  },
  "sin, to a thousand": {
    apply: sin,
    x: points(-1000, 1000),
    tolerance: FEW,
    floor: 1,
  },
  "cos, to a thousand": {
    apply: cos,
    x: points(-1000, 1000),
    tolerance: FEW,
    floor: 1,
  },
  "tanh": { apply: tanh, x: points(-20, 20), tolerance: FEW, floor: 1e-6 },
  "sigmoid": { apply: sigmoid, x: points(-80, 80), tolerance: FEW, floor: 0 },
  "softplus": { apply: softplus, x: points(-80, 80), tolerance: FEW, floor: 0 },
  "erf": { apply: erf, x: points(-6, 6), tolerance: FEW, floor: 1e-6 },
  "pow, base to 3.5": {
    apply: (x) => pow(x, 3.5),
    x: points(1e-6, 1e6, true),
    tolerance: 4e-6,
    floor: 0,
  },
};

for (const [name, { apply, x, tolerance, floor }] of Object.entries(RANGES)) {
  Deno.test({
    name: `webgpu is within few roundings of ${name}${why}`,
    ignore: engine === undefined,
    fn: async () => {
      const leaf = input("x", [x.length]);
      const built = program(name, {
        inputs: { x: leaf },
        outputs: { y: apply(leaf) },
      });
      const inputs = { x: hostTensor("f32", [x.length], x) };
      const results = [];
      for (const each of [engine!, createReferenceEngine()]) {
        const executable = await each.compile(built);
        const { y } = await each.run(executable, { inputs });
        results.push(await each.download(y!));
        each.dispose(executable);
      }
      const [actual, expected] = results.map(({ data }) => data);
      expected!.forEach((want, i) => {
        const error = Math.abs(actual![i]! - want);
        // Negated, so that NaN fails.
        if (!(error <= tolerance * Math.max(Math.abs(want), floor))) {
          assert.fail(`${name} of ${x[i]} is ${want}, got ${actual![i]}`);
        }
      });
    },
  });
}

Deno.test.afterAll(() => engine?.close());
