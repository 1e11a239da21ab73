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
  appliedTwice,
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

/** Random samples an op whose gradient's gradient is. */
const SECOND_SAMPLES = 10;

/** Random samples an op that every engine is compared on. */
const ENGINE_SAMPLES = 12;

/** Elements an input that differences are taken at. */
const MAX_DIFFERENCES = 16;

/** Corners of an op whose gradient's gradient every engine is compared on. */
const SECOND_CORNERS = 3;

/** Errors of a gradient's gradient, in those that a gradient may have. */
const SECOND_FACTOR = 10;

/** And what the sum adds that makes one number of a gradient. */
const SECOND_SUM = 1e-6;

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
  const flows = caseOf(op).gradient !== "zero";
  await checkSamples(op, REFERENCE_SAMPLES, async (sample) => {
    const application = applied(op, sample, { gradient: true });
    const { y, ...gradients } = await evaluate(engine, application);
    checkShapes(op, application, y!);
    const what = `Gradient of ${op}${describe(sample)}`;
    await checkSlopes(engine, application, { gradients, flows, what });
  });
}

/** Requires the gradients of gradient graphs to equal central differences too. */
export async function checkSecondGradient(
  engine: Engine,
  op: OpName,
): Promise<void> {
  await checkSamples(op, SECOND_SAMPLES, async (sample) => {
    const application = appliedTwice(op, sample);
    const { y: _, ...gradients } = await evaluate(engine, application);
    const what = `Gradient of the gradient of ${op}${describe(sample)}`;
    await checkSlopes(engine, application, { gradients, flows: true, what });
  });
}

/** Checks all corners of an op, and random samples. */
async function checkSamples(
  op: OpName,
  count: number,
  check: (sample: AnySample) => Promise<void>,
): Promise<void> {
  const { random, corners } = caseOf(op).samples;
  await fc.assert(fc.asyncProperty(random, check), {
    seed: SEED,
    numRuns: count + corners.length,
    examples: corners.map((sample) => [sample]),
  });
}

interface Slopes {
  readonly gradients: Readonly<Record<string, HostTensor>>;
  /** False where all slopes are zero by definition. */
  readonly flows: boolean;
  readonly what: string;
}

async function checkSlopes(
  engine: Engine,
  application: Application,
  { gradients, flows, what }: Slopes,
): Promise<void> {
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
      what: `${what} by input ${which}`,
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
export async function checkEngine(engines: Engines, op: OpName): Promise<void> {
  const { examples, samples, tolerance } = caseOf(op);
  const all: (AnySample & { gradient?: boolean })[] = [
    ...examples,
    ...samples.corners,
    ...fc.sample(samples.random, { seed: SEED, numRuns: ENGINE_SAMPLES }),
  ];
  const applications = all.map((sample) =>
    applied(op, sample, { gradient: sample.gradient ?? true })
  );
  const { f32, gradient = 10 * f32, floor = 0 } = tolerance;
  await checkAgreement(engines, applications, {
    what: (index) => `${op}${describe(all[index]!)}`,
    result: { tolerance: f32, floor },
    // Gradients are sums of terms of about 1, which may cancel.
    slope: { tolerance: gradient, floor: 1 },
  });
}

/** Requires an engine to equal the reference in the gradients of gradients. */
export async function checkSecondOnEngine(
  engines: Engines,
  op: OpName,
): Promise<void> {
  const { samples: { corners }, tolerance } = caseOf(op);
  const chosen = corners.slice(0, SECOND_CORNERS);
  const applications = chosen.map((sample) => appliedTwice(op, sample))
    .filter(({ gradients }) => Object.keys(gradients).length > 0);
  if (applications.length === 0) return;
  const { f32, gradient = 10 * f32 } = tolerance;
  const bound = {
    tolerance: SECOND_FACTOR * gradient + SECOND_SUM,
    floor: 1,
  };
  await checkAgreement(engines, applications, {
    what: (index) => `The gradient of ${op}${describe(chosen[index]!)}`,
    result: bound,
    slope: bound,
  });
}

interface Engines {
  readonly engine: Engine;
  readonly reference: Engine;
}

interface Bound {
  readonly tolerance: number;
  readonly floor: number;
}

/** Requires an engine's results and gradients to equal the reference's. */
async function checkAgreement(
  { engine, reference }: Engines,
  applications: readonly Application[],
  { what, result, slope }: {
    what(index: number): string;
    result: Bound;
    slope: Bound;
  },
): Promise<void> {
  // One program for all: compiling is what takes time.
  const program = programOf(what(0), applications);
  const expected = await resultsOf(reference, program, applications);
  const actual = await resultsOf(engine, program, applications);
  for (const [name, value] of Object.entries(expected)) {
    const [index, part] = name.split(".") as [string, string];
    assertClose(actual[name]!, rounded(value), {
      what: `${what(Number(index))} on ${engine.name}, ${part} of sample ` +
        `${index} of seed ${SEED}`,
      ...(part === "y" ? result : slope),
      nonFinite: true,
    });
  }
}

/** Floats past the largest f32 are infinite on every engine but the reference. */
function rounded(value: HostTensor): HostTensor {
  if (!isFloat(value.dtype)) return value;
  return hostTensor("f32", value.shape, Float32Array.from(value.data));
}
