import { apply } from "../apply.ts";
import { matmul, sumTo } from "../functions/mod.ts";
import type { Tensor } from "../node.ts";
import type { contraction } from "../ops/contraction.ts";
import type { GradientTable } from "./rule.ts";

function spatial({ shape }: Tensor): readonly [number, number] {
  return [shape[2]!, shape[3]!];
}

/** Gradients of the contractions; the three convolutions are closed under them. */
export const contractionGradients: Pick<
  GradientTable,
  keyof typeof contraction
> = {
  matmul: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, dy) => {
    const da = transposeA
      ? matmul(b!, dy, { transposeA: transposeB, transposeB: true })
      : matmul(dy, b!, { transposeB: !transposeB });
    const db = transposeB
      ? matmul(dy, a!, { transposeA: true, transposeB: transposeA })
      : matmul(a!, dy, { transposeA: !transposeA });
    return [sumTo(da, a!.shape), sumTo(db, b!.shape)];
  },
  conv2d: ({ inputs: [x, w], attributes }, dy) => [
    apply("conv2d_dx", [dy, w!], { ...attributes, size: spatial(x!) }),
    apply("conv2d_dw", [x!, dy], { ...attributes, kernel: spatial(w!) }),
  ],
  conv2d_dx: ({ inputs: [y, w], attributes }, dx) => {
    const { stride, padding } = attributes;
    const kernel = spatial(w!);
    return [
      apply("conv2d", [dx, w!], { stride, padding }),
      apply("conv2d_dw", [dx, y!], { stride, padding, kernel }),
    ];
  },
  conv2d_dw: ({ inputs: [x, dy], attributes }, dw) => {
    const { stride, padding } = attributes;
    const size = spatial(x!);
    return [
      apply("conv2d_dx", [dy!, dw], { stride, padding, size }),
      apply("conv2d", [x!, dw], { stride, padding }),
    ];
  },
};
