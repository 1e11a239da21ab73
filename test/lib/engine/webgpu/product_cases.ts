import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  apply,
  type Engine,
  type HostTensor,
  input,
  matmul,
  program,
  type Shape,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { assertClose } from "../../../tensors.ts";

/** A result with the shapes of what it is computed from. */
export interface ProductCase {
  readonly what: string;
  readonly shapes: Readonly<Record<string, Shape>>;
  build(tensors: Readonly<Record<string, Tensor>>): Readonly<
    Record<string, Tensor>
  >;
}

/** A matrix product, its left operand [batch, m, k]. */
export function matrixCase(
  sizes: readonly [batch: number, m: number, n: number, k: number],
  { transposeA = false, transposeB = false } = {},
): ProductCase {
  const [batch, m, n, k] = sizes;
  const side = (rows: number, columns: number, transposed: boolean) =>
    transposed ? [batch, columns, rows] : [batch, rows, columns];
  return {
    what: `matmul ${sizes.join(" ")} ${transposeA} ${transposeB}`,
    shapes: { a: side(m, k, transposeA), b: side(k, n, transposeB) },
    build: ({ a, b }) => ({
      y: matmul(a!, b!, { transposeA, transposeB }),
    }),
  };
}

/** All three convolutions of one geometry. */
export function convolutionCase(
  { counts: [images, channels, filters], size, kernel, stride, padding }: {
    counts: readonly [images: number, channels: number, filters: number];
    size: number;
    kernel: number;
    stride: number;
    padding: number;
  },
): ProductCase {
  const output = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const geometry = {
    stride: [stride, stride],
    padding: [padding, padding],
  } as const;
  return {
    what: `convolutions ${images} ${channels} ${filters} ${size} ${kernel}`,
    shapes: {
      x: [images, channels, size, size],
      w: [filters, channels, kernel, kernel],
      dy: [images, filters, output, output],
    },
    build: ({ x, w, dy }) => ({
      y: apply("conv2d", [x!, w!], geometry),
      dx: apply("conv2d_dx", [dy!, w!], { ...geometry, size: [size, size] }),
      dw: apply("conv2d_dw", [x!, dy!], {
        ...geometry,
        kernel: [kernel, kernel],
      }),
    }),
  };
}

/** Runs a case, its operands in memory of their own. */
export async function runCase(
  engine: Engine,
  { what, shapes, build }: ProductCase,
): Promise<Map<string, HostTensor>> {
  const draw = new Draw(7);
  const state: Record<string, { value: ReturnType<typeof input> }> = {};
  const held: Record<string, Awaited<ReturnType<Engine["upload"]>>> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    state[name] = { value: input(name, shape) };
    held[name] = await engine.upload(draw.floats(shape));
  }
  const operands = Object.fromEntries(
    Object.entries(state).map(([name, { value }]) => [name, value]),
  );
  const made = program(what, { inputs: {}, state, outputs: build(operands) });
  const executable = await engine.compile(made);
  const outputs = await engine.run(executable, { inputs: {}, state: held });
  const results = new Map<string, HostTensor>();
  for (const [name, tensor] of Object.entries(outputs)) {
    results.set(name, await engine.download(tensor));
  }
  for (const tensor of Object.values(held)) engine.dispose(tensor);
  engine.dispose(executable);
  return results;
}

const reference = createReferenceEngine();

/** Requires an engine to agree with the reference on a case. */
export async function checkCase(
  engine: Engine,
  example: ProductCase,
): Promise<void> {
  const expected = await runCase(reference, example);
  const actual = await runCase(engine, example);
  for (const [name, value] of expected) {
    assertClose(actual.get(name)!, value, {
      what: `${name} of ${example.what}`,
      // Sums of up to some thousand terms of f32.
      tolerance: 1e-5,
      floor: 1,
    });
  }
}
