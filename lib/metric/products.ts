import {
  type Engine,
  type Executable,
  input,
  matmul,
  program,
} from "../tensor/mod.ts";

/**
 * Compiles `products` [rows, columns] of all rows of `a` [rows, width] with all
 * of `b` [columns, width].
 */
export async function compileProducts(
  engine: Engine,
  { rows, columns, width }: {
    readonly rows: number;
    readonly columns: number;
    readonly width: number;
  },
): Promise<Executable> {
  const inputs = {
    a: input("a", [rows, width]),
    b: input("b", [columns, width]),
  };
  const outputs = {
    products: matmul(inputs.a, inputs.b, { transposeB: true }),
  };
  return await engine.compile(program("products", { inputs, outputs }));
}
