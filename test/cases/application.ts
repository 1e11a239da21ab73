import {
  add,
  apply,
  constant,
  type Engine,
  GRADIENTS,
  type HostTensor,
  input,
  isFloat,
  mul,
  type Node,
  type OpAttributes,
  type OpName,
  type Program,
  program,
  scalar,
  sum,
  type Tensor,
  vjp,
} from "../../lib/tensor/mod.ts";
import type { OpCase, Sample } from "./case.ts";
import { CASES } from "./mod.ts";
import { Draw } from "./values.ts";

/** A sample of an op as a graph: y, and dx of each input that has one. */
export interface Application {
  readonly inputs: readonly Node<"input">[];
  /** Values of the inputs. */
  readonly values: readonly HostTensor[];
  readonly node: Tensor;
  readonly dy: Node<"input">;
  /** Random: a gradient that mixes up elements does not survive it. */
  readonly cotangent: HostTensor;
  /** "dx0", "dx2": by position of the input. */
  readonly gradients: Readonly<Record<string, Tensor>>;
}

/** Applies an op to a sample. */
export function applied(
  op: OpName,
  sample: Sample<OpAttributes[OpName]>,
  { gradient }: { gradient: boolean },
): Application {
  const { build, constants = [] } = CASES[op] as OpCase<OpAttributes[OpName]>;
  const { inputs: values, attributes } = sample;
  const inputs = values.map(({ shape, dtype }, i) =>
    input(`x${i}`, shape, dtype)
  );
  const node = build?.(inputs, sample) ?? apply(op, inputs, attributes);
  const dy = input("dy", node.shape);
  const wanted = inputs.flatMap((x, i) =>
    isFloat(x.dtype) && !constants.includes(i) ? [i] : []
  );
  const differentiable = gradient && isFloat(node.dtype) && wanted.length > 0 &&
    !hasNoGradient(op);
  const parts = differentiable
    ? vjp(node, wanted.map((i) => inputs[i]!), dy)
    : [];
  return {
    inputs,
    values,
    node,
    dy,
    cotangent: new Draw(inputs.length + 1).floats(node.shape),
    gradients: Object.fromEntries(parts.map((dx, i) => [`dx${wanted[i]}`, dx])),
  };
}

/**
 * The gradient of a sample as an application of its own: y is a random sum of
 * all dx, of which dx is asked for by the inputs and by dy, the last input.
 */
export function appliedTwice(
  op: OpName,
  sample: Sample<OpAttributes[OpName]>,
): Application {
  const once = applied(op, sample, { gradient: true });
  const inputs = [...once.inputs, once.dy];
  const draw = new Draw(inputs.length + 2);
  const node = Object.values(once.gradients)
    .map((dx) => sum(mul(dx, constant(draw.floats(dx.shape)))))
    .reduce((a, b) => add(a, b), scalar(0));
  const dy = input("dy", []);
  const names = [
    ...Object.keys(once.gradients),
    `dx${once.inputs.length}`,
  ];
  const wanted = names.map((name) => inputs[Number(name.slice("dx".length))]!);
  const parts = names.length > 1 ? vjp(node, wanted, dy) : [];
  return {
    inputs,
    values: [...once.values, once.cotangent],
    node,
    dy,
    cotangent: draw.floats([]),
    gradients: Object.fromEntries(parts.map((dx, i) => [names[i]!, dx])),
  };
}

function hasNoGradient(op: OpName): boolean {
  return typeof GRADIENTS[op] === "object";
}

/** One program that computes several applications, outputs named "0.y", "0.dx1". */
export function programOf(
  name: string,
  applications: readonly Application[],
): Program {
  const inputs: Record<string, Node<"input">> = {};
  const outputs: Record<string, Tensor> = {};
  applications.forEach(({ inputs: xs, node, dy, gradients }, i) => {
    xs.forEach((x, j) => inputs[`${i}.x${j}`] = x);
    inputs[`${i}.dy`] = dy;
    outputs[`${i}.y`] = node;
    for (const [key, dx] of Object.entries(gradients)) {
      outputs[`${i}.${key}`] = dx;
    }
  });
  return program(name, { inputs, outputs });
}

/** Compiles and runs such a program once. */
export async function resultsOf(
  engine: Engine,
  program: Program,
  applications: readonly Application[],
): Promise<Record<string, HostTensor>> {
  const inputs: Record<string, HostTensor> = {};
  applications.forEach(({ values, cotangent }, i) => {
    values.forEach((value, j) => inputs[`${i}.x${j}`] = value);
    inputs[`${i}.dy`] = cotangent;
  });
  const executable = await engine.compile(program);
  const outputs = await engine.run(executable, { inputs });
  const results: Record<string, HostTensor> = {};
  for (const [key, tensor] of Object.entries(outputs)) {
    results[key] = await engine.download(tensor);
  }
  engine.dispose(executable);
  return results;
}

/** Computes one application: "y" and its gradients. */
export async function evaluate(
  engine: Engine,
  application: Application,
): Promise<Record<string, HostTensor>> {
  const program = programOf(application.node.op, [application]);
  const results = await resultsOf(engine, program, [application]);
  return Object.fromEntries(
    Object.entries(results).map(([key, value]) => [key.slice(2), value]),
  );
}
