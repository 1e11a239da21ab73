import fc from "fast-check";
import {
  apply,
  type Engine,
  GRADIENTS,
  type HostTensor,
  input,
  isFloat,
  type Node,
  OP_NAMES,
  type OpAttributes,
  type OpName,
  type Program,
  program,
  type Tensor,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { CASES, type OpCase, type Sample } from "../../../cases/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { assertClose } from "../../../tensors.ts";

const RANDOM_SAMPLES = 8;
const SEED = 7;

type AnySample = Sample<OpAttributes[OpName]>;
type AnyCase = OpCase<OpAttributes[OpName]>;

interface Problem {
  readonly made: Program;
  readonly inputs: Record<string, HostTensor>;
}

async function solve(
  engine: Engine,
  { made, inputs }: Problem,
): Promise<Map<string, HostTensor>> {
  const executable = await engine.compile(made);
  const outputs = await engine.run(executable, { inputs });
  const results = new Map<string, HostTensor>();
  for (const [key, tensor] of Object.entries(outputs)) {
    results.set(key, await engine.download(tensor));
  }
  engine.dispose(executable);
  return results;
}

function isDifferentiable(y: Tensor, inputs: readonly Tensor[]): boolean {
  const rule = Object.entries(GRADIENTS).find(([op]) => op === y.op)?.[1];
  return typeof rule !== "object" && isFloat(y.dtype) &&
    inputs.some((x) => isFloat(x.dtype));
}

/** The op on the sample's inputs and, where there is one, its gradient. */
function problemOf(op: OpName, entry: AnyCase, sample: AnySample): Problem {
  const values: Record<string, HostTensor> = {};
  const nodes: Record<string, Node<"input">> = {};
  sample.inputs.forEach((x, i) => {
    values[`x${i}`] = x;
    nodes[`x${i}`] = input(`x${i}`, x.shape, x.dtype);
  });
  const operands = Object.values(nodes);
  const y = entry.build
    ? entry.build(operands, sample)
    : apply(op, operands, sample.attributes);
  const outputs: Record<string, Tensor> = { y };
  if (isDifferentiable(y, operands)) {
    const dy = nodes.dy = input("dy", y.shape);
    values.dy = new Draw(SEED).floats(y.shape);
    const wanted = operands.filter((x) => isFloat(x.dtype));
    vjp(y, wanted, dy).forEach((dx, i) => outputs[`dx${i}`] = dx);
  }
  return { made: program(op, { inputs: nodes, outputs }), inputs: values };
}

const onnx = await createOnnxEngine();
const reference = createReferenceEngine();

for (const op of OP_NAMES) {
  Deno.test(`${op} on the onnx engine equals the reference`, async () => {
    const entry = CASES[op] as unknown as AnyCase;
    const options = { numRuns: RANDOM_SAMPLES, seed: SEED };
    const samples = [
      ...entry.examples,
      ...entry.samples.corners,
      ...fc.sample(entry.samples.random, options),
    ];
    for (const sample of samples) {
      const problem = problemOf(op, entry, sample);
      const expected = await solve(reference, problem);
      const actual = await solve(onnx, problem);
      const { f32, gradient = 10 * f32, floor = 0 } = entry.tolerance;
      for (const [key, value] of expected) {
        const shapes = sample.inputs.map((x) => `${x.dtype} [${x.shape}]`);
        assertClose(actual.get(key)!, value, {
          what: `${key} of ${op}(${shapes})`,
          tolerance: key === "y" ? f32 : gradient,
          // Where results cancel, float32 errors are relative to the inputs.
          floor: Math.max(floor, 10),
          nonFinite: true,
        });
      }
    }
  });
}

// Closes the worker, without which the test process would not end.
Deno.test("close() ends the onnx engine", async () => {
  await onnx.close();
});
