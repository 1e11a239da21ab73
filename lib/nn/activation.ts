import { less, mul, select, type Tensor } from "../tensor/mod.ts";

/** x where it is above 0, else 0; no gradient flows at 0, as in torch. */
export function relu(x: Tensor): Tensor {
  return select(less(0, x), x, 0);
}

/** x where it is above 0, else `slope` x; at 0 the gradient is `slope`, as in torch. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return select(less(0, x), x, mul(x, slope));
}
