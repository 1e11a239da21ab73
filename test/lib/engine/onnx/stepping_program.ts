import {
  add,
  input,
  mul,
  permute,
  type Program,
  program,
  sub,
  tanh,
} from "../../../../lib/tensor/mod.ts";

/** x' = x + tanh(x^T) / 8 - x / 4 and a count, on which a step depends in two ways. */
export function steppingProgram(size: number): Program {
  const x = input("x", [size, size]);
  const count = input("count", [], "i32");
  const next = add(x, mul(tanh(permute(x, [1, 0])), 0.125));
  const increment = input("one", [], "i32");
  return program("step", {
    inputs: { one: increment },
    state: {
      x: { value: x, next: sub(next, mul(x, 0.25)) },
      count: { value: count, next: add(count, increment) },
    },
    outputs: { before: x },
  });
}
