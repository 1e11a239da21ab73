/**
 * Every op, forward and backward, where kernels keep f16 between each other.
 */
import fc from "fast-check";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import {
  apply,
  constantArray,
  type Engine,
  GRADIENTS,
  type HostTensor,
  hostTensor,
  input,
  isFloat,
  matmul,
  type OpAttributes,
  type OpName,
  OPS,
  reshape,
  sizeOf,
  type Tensor,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import { CASES } from "../../../cases/mod.ts";
import type { OpCase, Sample } from "../../../cases/case.ts";
import {
  type Application,
  programOf,
  resultsOf,
} from "../../../cases/application.ts";
import { Draw } from "../../../cases/values.ts";
import { engineAvailable } from "../../../engines.ts";
import { compareTensors } from "../../../tensors.ts";

const SAMPLES = 2;
const LARGEST = 65504;

type AnySample = Sample<OpAttributes[OpName]>;

function rounded(tensor: HostTensor): HostTensor {
  const { dtype, shape, data } = tensor;
  if (!isFloat(dtype)) return tensor;
  return hostTensor(
    "f32",
    shape,
    Float32Array.from(new Float16Array(data as Float32Array)),
  );
}

function kept(x: Tensor): Tensor {
  const size = sizeOf(x.shape);
  if (x.dtype !== "f32" || size === 0) return x;
  const one = constantArray([1, 1], [1]);
  return reshape(matmul(reshape(x, [size, 1]), one), x.shape);
}

function applied(
  op: OpName,
  { inputs: values, attributes }: AnySample,
): Application {
  const { build, constants = [] } = CASES[op] as OpCase<OpAttributes[OpName]>;
  const inputs = values.map(({ shape, dtype }, i) =>
    input(`x${i}`, shape, dtype)
  );
  const xs = inputs.map(kept);
  const node = build?.(xs, { inputs: values, attributes }) ??
    apply(op, xs, attributes);
  const y = kept(node);
  const dy = input("dy", node.shape);
  const wanted = inputs.flatMap((x, i) =>
    isFloat(x.dtype) && !constants.includes(i) ? [i] : []
  );
  const flows = isFloat(node.dtype) && wanted.length > 0 &&
    typeof GRADIENTS[op] !== "object";
  const parts = flows ? vjp(y, wanted.map((i) => inputs[i]!), dy) : [];
  return {
    inputs,
    values,
    node: y,
    dy,
    cotangent: rounded(new Draw(inputs.length + 1).floats(node.shape)),
    gradients: Object.fromEntries(parts.map((dx, i) => [`dx${wanted[i]}`, dx])),
  };
}

const { available } = await engineAvailable("webgpu");
const reference = createReferenceEngine();
const engine = await createWebGpuEngine(await requireAdapter(), {
  precision: "f16",
});
for (
  const op of (Deno.args.length ? Deno.args : Object.keys(OPS)) as OpName[]
) {
  const t0 = performance.now();
  const { samples, examples } = CASES[op] as OpCase<OpAttributes[OpName]>;
  const all = [
    ...samples.corners,
    ...fc.sample(samples.random, { seed: 1, numRuns: SAMPLES }),
  ]
    .map((s: any) => ({ ...s, inputs: s.inputs.map(rounded) }));
  const applications = all.map((s) => applied(op, s));
  const program = programOf(op, applications);
  const expected = await resultsOf(reference, program, applications);
  let actual;
  try {
    actual = await resultsOf(engine, program, applications);
  } catch (e) {
    console.log(op, "FAIL", String(e).slice(0, 300));
    continue;
  }
  let [y, g] = [0, 0];
  let worst = "";
  for (const [name, value] of Object.entries(expected)) {
    if (
      (all[Number(name.split(".")[0])] as any).gradient === false &&
      !name.endsWith(".y")
    ) continue;
    if (
      value.data.some((v) => Math.abs(v as number) > LARGEST || Number.isNaN(v))
    ) continue;
    const { error, problem } = compareTensors(actual[name]!, value, {
      tolerance: 1,
      floor: 1,
      nonFinite: true,
    });
    if (problem) console.log(problem);
    if (name.endsWith(".y")) { if (!(error <= y)) y = error; }
    else if (!(error <= g)) {
      g = error;
      worst = name;
    }
  }
  console.log(
    op,
    y.toExponential(1),
    g.toExponential(1),
    worst,
    ((performance.now() - t0) / 1000).toFixed(1),
  );
}
await engine.close();
