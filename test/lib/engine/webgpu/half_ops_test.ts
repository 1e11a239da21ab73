/**
 * Every op, forward and backward, where kernels keep f16 between each other: its
 * inputs, its result and all cotangents come out of kernels.
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
  OP_NAMES,
  type OpAttributes,
  type OpName,
  reshape,
  sizeOf,
  type Tensor,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import {
  type Application,
  programOf,
  resultsOf,
} from "../../../cases/application.ts";
import type { OpCase, Sample } from "../../../cases/case.ts";
import { SEED } from "../../../cases/check.ts";
import { CASES } from "../../../cases/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { engineAvailable } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";

/** What rounding a number to f16 changes of it at most, relative to it. */
const ROUNDING = 2 ** -11;

/** Largest finite f16. */
const LARGEST = 65504;

/** Samples an op: from the smallest shapes to random ones. */
const SAMPLES = 4;

/** Random samples among which to choose. */
const RANDOM = 2;

type AnySample = Sample<OpAttributes[OpName]>;

/** The same floats, rounded to f16. */
function rounded(tensor: HostTensor): HostTensor {
  const { dtype, shape, data } = tensor;
  if (!isFloat(dtype)) return tensor;
  const halves = new Float16Array(data as Float32Array);
  return hostTensor("f32", shape, Float32Array.from(halves));
}

/** Whether a tensor has numbers that f16 has too. */
function isFinite({ data }: HostTensor): boolean {
  return data.every((value) => Math.abs(value) <= LARGEST);
}

/** The same tensor, out of a kernel that others read. */
function kept(x: Tensor): Tensor {
  const size = sizeOf(x.shape);
  if (x.dtype !== "f32" || size === 0) return x;
  const one = constantArray([1, 1], [1]);
  return reshape(matmul(reshape(x, [size, 1]), one), x.shape);
}

function applied(op: OpName, sample: AnySample): Application {
  const { build, constants = [] } = CASES[op] as OpCase<OpAttributes[OpName]>;
  const { inputs: values, attributes } = sample;
  const inputs = values.map(({ shape, dtype }, i) =>
    input(`x${i}`, shape, dtype)
  );
  const xs = inputs.map(kept);
  const node = build?.(xs, sample) ?? apply(op, xs, attributes);
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

/** Some of an op's samples, from first to last. */
function samplesOf(op: OpName): AnySample[] {
  const { samples } = CASES[op] as OpCase<OpAttributes[OpName]>;
  const random = fc.sample(samples.random, { seed: SEED, numRuns: RANDOM });
  const all = [...samples.corners, ...random]
    .filter(({ inputs }) => inputs.every(isFinite));
  const step = Math.max(1, (all.length - 1) / (SAMPLES - 1));
  const places = new Set(
    Array.from({ length: SAMPLES }, (_, i) => Math.round(i * step)),
  );
  return all.filter((_, i) => places.has(i))
    .map((sample) => ({ ...sample, inputs: sample.inputs.map(rounded) }));
}

async function checkOp(engine: Engine, op: OpName): Promise<void> {
  const applications = samplesOf(op).map((sample) => applied(op, sample));
  const program = programOf(op, applications);
  const reference = createReferenceEngine();
  const expected = await resultsOf(reference, program, applications);
  const actual = await resultsOf(engine, program, applications);
  const [result, gradient] = CASES[op].tolerance.half;
  for (const [name, value] of Object.entries(expected)) {
    if (!isFinite(value)) continue;
    const roundings = name.endsWith(".y") ? result : gradient;
    assertClose(actual[name]!, value, {
      what: `${op}, ${name} of seed ${SEED}`,
      tolerance: roundings * ROUNDING,
      floor: 1,
    });
  }
}

const { available } = await engineAvailable("webgpu");
let opened: Promise<Engine> | undefined;

for (const op of OP_NAMES) {
  Deno.test({
    name: `${op} with f16 in memory is as close to the reference as stated`,
    ignore: !available,
    fn: async () => {
      opened ??= createWebGpuEngine(await requireAdapter(), {
        precision: "f16",
      });
      await checkOp(await opened, op);
    },
  });
}

Deno.test.afterAll(async () => await (await opened)?.close());
