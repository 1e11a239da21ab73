import {
  groupNorm,
  layerNorm,
  mul,
  rmsNorm,
  silu,
  softmax,
  type Tensor,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { type Agreement, testAgreement } from "./agreement.ts";

/** Every norm over the last axis, with its gradients. */
function norms(rows: number, width: number): Agreement {
  const draw = new Draw(11);
  const shape = [rows, width];
  return {
    values: {
      x: draw.floats(shape),
      w: draw.floats([width]),
      b: draw.floats([width]),
      dy: draw.floats(shape),
    },
    build: ({ x, w, b, dy }) => {
      const all = {
        rms: rmsNorm(x!, w!, 1e-5),
        layer: layerNorm(x!, { weight: w!, bias: b!, epsilon: 1e-5 }),
        softmax: softmax(x!),
      };
      const outputs: Record<string, Tensor> = {};
      for (const [name, y] of Object.entries(all)) {
        outputs[name] = silu(mul(y, x!));
        const [dx, dw] = vjp(y, [x!, w!], dy!);
        outputs[`dx of ${name}`] = dx!;
        outputs[`dw of ${name}`] = dw!;
      }
      return outputs;
    },
    tolerance: 5e-5,
  };
}

await testAgreement("rows of lengths that do and do not fill their lanes", [
  () => norms(5, 3),
  () => norms(3, 65),
  () => norms(7, 192),
  () => norms(2, 2048),
  () => norms(2, 2600),
]);

function images(
  shape: readonly [number, number, number, number],
  groups: number,
): Agreement {
  const draw = new Draw(13);
  return {
    values: {
      x: draw.floats(shape),
      w: draw.floats([shape[1]]),
      b: draw.floats([shape[1]]),
      dy: draw.floats(shape),
    },
    build: ({ x, w, b, dy }) => {
      const y = groupNorm(x!, { weight: w!, bias: b!, groups, epsilon: 1e-5 });
      const [dx, dw, db] = vjp(y, [x!, w!, b!], dy!) as Tensor[];
      return { y: silu(y), dx: dx!, dw: dw!, db: db! };
    },
    tolerance: 5e-5,
  };
}

await testAgreement(
  "group norms of short rows, and of few long ones in parts",
  [
    () => images([2, 6, 5, 7], 3),
    () => images([2, 4, 33, 31], 2),
    () => images([1, 4, 96, 100], 2),
  ],
);
