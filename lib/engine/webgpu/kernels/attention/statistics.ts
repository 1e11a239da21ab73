import { type Node, sizeOf, type Tensor } from "../../../../tensor/mod.ts";
import { forwardOf } from "../../plan/operands.ts";
import { type Kernel, KernelCode } from "../code.ts";
import type { Storage } from "../../wgsl/storage.ts";
import { delinearize, fixed, plus, symbol, times } from "../../wgsl/index.ts";
import type { KernelContext } from "../context.ts";

/** One of the three gradients of attention. */
export type Gradient = Node<"attention_dq" | "attention_dk" | "attention_dv">;

/** What forward left for the gradients, and what they share. */
export interface Statistics {
  /** Logarithm of the sum of e^score of each query. */
  readonly logSumExp: Storage;
  /** Sum of y dy of each query: what softmax takes off the cotangent. */
  readonly along: Storage;
  /** The kernel that computes `along`, where none has yet. */
  readonly kernels: readonly Kernel[];
}

const WORKGROUP = 64;

/** Finds the statistics of a gradient: the first gradient of a cotangent adds the sum of y dy. */
export function statisticsOf(
  node: Gradient,
  context: KernelContext,
): Statistics {
  const forward = forwardOf(node);
  const { extras } = context.groupOf(forward)!;
  const logSumExp = extras.get("logSumExp")!;
  const dy = node.inputs[3]!;
  const key = `along ${dy.id}`;
  const known = extras.get(key);
  if (known !== undefined) return { logSumExp, along: known, kernels: [] };
  const along: Storage = { dtype: "f32", shape: forward.shape.slice(0, -1) };
  extras.set(key, along);
  const kernels = [alongKernel(forward, { dy, along, context })];
  return { logSumExp, along, kernels };
}

/** One invocation a query. */
function alongKernel(
  y: Node<"attention">,
  { dy, along, context }: {
    dy: Tensor;
    along: Storage;
    context: KernelContext;
  },
): Kernel {
  const code = new KernelCode(context.homes, { fours: true, images: true });
  const { writer } = code;
  const rows = sizeOf(along.shape);
  const width = y.shape.at(-1)!;
  const step = width % 4 === 0 ? 4 : 1;
  writer.line(`let r = group * ${WORKGROUP}u + lane;`);
  writer.line(`if (r >= ${rows}u) { return; }`);
  writer.line("var total = 0.0f;");
  writer.block(`for (var c = 0u; c < ${width / step}u; c++)`, () => {
    const at = delinearize(symbol("r", rows), along.shape);
    for (let j = 0; j < step; j++) {
      const vector = times(symbol("c", width / step), step);
      const element = plus(vector, fixed(j));
      const [a, b] = [y, dy].map((x) => code.evaluate(x, [...at, element]));
      writer.line(`total += ${a} * ${b};`);
    }
  });
  code.store(along, "r", "total");
  return code.finish({
    name: y.scope === "" ? "attention along" : `attention along ${y.scope}`,
    workgroupSize: WORKGROUP,
    workgroups: Math.ceil(rows / WORKGROUP),
    flops: 2 * sizeOf(y.shape),
  });
}
