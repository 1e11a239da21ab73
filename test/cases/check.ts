import fc from "fast-check";
import {
  type Engine,
  GRADIENTS,
  type HostTensor,
  hostTensor,
  isFloat,
  type OpAttributes,
  type OpName,
  OPS,
  sizeOf,
  vjp,
} from "../../lib/tensor/mod.ts";
import { assertClose } from "../tensors.ts";
import type { OpCase, Sample } from "./case.ts";
import { CASES } from "./mod.ts";
import {
  type Application,
  applied,
  evaluate,
  programOf,
  resultsOf,
} from "./application.ts";
import { Draw } from "./values.ts";

type AnyAttributes = OpAttributes[OpName];
type AnyCase = OpCase<AnyAttributes>;
type AnySample = Sample<AnyAttributes>;

/** Which random samples are drawn; the same ones in every run. */
export const SEED = Number(Deno.env.get("SPHEREAR_TEST_SEED") ?? 1);

/** Random samples an op whose gradient is compared with differences. */
const REFERENCE_SAMPLES = 40;

/** Random samples an op that every engine is compared on. */
const ENGINE_SAMPLES = 12;

/** Elements an input that differences are taken at. */
const MAX_DIFFERENCES = 16;

/** Hand-made values are given to this precision. */
const HAND_TOLERANCE = 1e-13;

/**
 * Central differences err by h^2 f''' / 6 and 2^-53 / h: about 1e-9 at this
 * step for functions whose third derivative is below 1000.
 */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = 1e-6;

function caseOf(op: OpName): AnyCase {
  return CASES[op] as AnyCase;
}

function describe(sample: AnySample): string {
  const types = sample.inputs.map(({ dtype, shape }) => `${dtype} [${shape}]`);
  const attributes = "value" in sample.attributes ? {} : sample.attributes;
  return `(${types.join(", ")}) ${JSON.stringify(attributes)}`;
}

/** Requires the reference to give the results that were worked out by hand. */
export async function checkExamples(
  engine: Engine,
  op: OpName,
): Promise<void> {
  for (const example of caseOf(op).examples) {
    const application = applied(op, example, { gradient: false });
    const { y } = await evaluate(engine, application);
    assertClose(y!, example.expected, {
      what: `${op} on reference, example "${example.name}"`,
      tolerance: HAND_TOLERANCE,
      nonFinite: true,
    });
  }
}

/** Requires gradient graphs to equal central differences, in float64. */
export async function checkGradient(
  engine: Engine,
  op: OpName,
): Promise<void> {
  const { samples } = caseOf(op);
  const property = fc.asyncProperty(samples.random, async (sample) => {
    await checkSampleGradient(engine, op, sample);
  });
  await fc.assert(property, {
    seed: SEED,
    numRuns: REFERENCE_SAMPLES + samples.corners.length,
    examples: samples.corners.map((sample) => [sample]),
  });
}

async function checkSampleGradient(
  engine: Engine,
  op: OpName,
  sample: AnySample,
): Promise<void> {
  const application = applied(op, sample, { gradient: true });
  const { y, ...gradients } = await evaluate(engine, application);
  checkShapes(op, application, y!);
  const flows = caseOf(op).gradient !== "zero";
  for (const [name, analytic] of Object.entries(gradients)) {
    const which = Number(name.slice("dx".length));
    const { data, shape } = analytic;
    const draw = new Draw(which);
    const positions = Array.from(data.keys());
    draw.shuffle(positions);
    const chosen = positions.slice(0, MAX_DIFFERENCES);
    const numeric = Float64Array.from(data);
    for (const position of chosen) {
      numeric[position] = flows
        ? await difference(engine, application, { which, position })
        : 0;
    }
    assertClose(analytic, hostTensor("f64", shape, numeric), {
      what: `Gradient of ${op}${describe(sample)} by input ${which}`,
      tolerance: DIFFERENCE_TOLERANCE,
      floor: 1,
    });
  }
}

/** Slope of the sum of dy y along one element, by central differences. */
async function difference(
  engine: Engine,
  application: Application,
  { which, position }: { which: number; position: number },
): Promise<number> {
  const sides: number[] = [];
  const { data, shape } = application.values[which]!;
  for (const step of [STEP, -STEP]) {
    const moved = Float64Array.from(data);
    moved[position]! += step;
    const values = application.values
      .with(which, hostTensor("f64", shape, moved));
    const forward = { ...application, values, gradients: {} };
    const { y } = await evaluate(engine, forward);
    let total = 0;
    y!.data.forEach((value, i) =>
      total += value * application.cotangent.data[i]!
    );
    sides.push(total);
  }
  return (sides[0]! - sides[1]!) / (2 * STEP);
}

/** Requires a result to have the shape and dtype that the op's rule says. */
function checkShapes(
  op: OpName,
  { node, values }: Application,
  y: HostTensor,
): void {
  const rule = OPS[op] as (typeof OPS)["add"];
  const type = rule.type(node.op === op ? node.inputs : values, {
    ...node.attributes,
  });
  const wanted = isFloat(type.dtype) ? "f64" : type.dtype;
  const fits = y.shape.join() === type.shape.join() && y.dtype === wanted &&
    y.data.length === sizeOf(type.shape);
  if (!fits) {
    throw new Error(
      `${op}: its rule says ${type.dtype} [${type.shape}], the reference ` +
        `made ${y.data.length} elements of ${y.dtype} [${y.shape}]`,
    );
  }
}

/** Requires ops without a gradient to say so, and why. */
export function checkNotDifferentiable(op: OpName): void {
  const rule = GRADIENTS[op];
  if (typeof rule !== "object") return;
  const [sample] = caseOf(op).samples.corners;
  const { node, inputs } = applied(op, sample!, { gradient: false });
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  if (floats.length === 0 || !isFloat(node.dtype)) return;
  try {
    vjp(node, floats, node);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes(`"${op}"`) && message.includes("Cannot")) return;
    throw error;
  }
  throw new Error(`${op} has no gradient, yet one was made`);
}

/** Requires an engine to equal the reference, forward and backward. */
export async function checkEngine(
  { engine, reference }: { engine: Engine; reference: Engine },
  op: OpName,
): Promise<void> {
  const { examples, samples, tolerance } = caseOf(op);
  const all: (AnySample & { gradient?: boolean })[] = [
    ...examples,
    ...samples.corners,
    ...fc.sample(samples.random, { seed: SEED, numRuns: ENGINE_SAMPLES }),
  ];
  // One program for all: compiling is what takes time.
  const applications = all.map((sample) =>
    applied(op, sample, { gradient: sample.gradient ?? true })
  );
  const program = programOf(op, applications);
  const expected = await resultsOf(reference, program, applications);
  const actual = await resultsOf(engine, program, applications);
  const { f32, gradient = 10 * f32, floor = 0 } = tolerance;
  for (const [name, value] of Object.entries(expected)) {
    const [index, part] = name.split(".") as [string, string];
    assertClose(actual[name]!, rounded(value), {
      what: `${op} on ${engine.name}, ${part} of sample ${index} of seed ` +
        `${SEED} ${describe(all[Number(index)]!)}`,
      tolerance: part === "y" ? f32 : gradient,
      // Gradients are sums of terms of about 1, which may cancel.
      floor: part === "y" ? floor : 1,
      nonFinite: true,
    });
  }
}

/** Floats past the largest f32 are infinite on every engine but the reference. */
function rounded(value: HostTensor): HostTensor {
  if (!isFloat(value.dtype)) return value;
  return hostTensor("f32", value.shape, Float32Array.from(value.data));
}
