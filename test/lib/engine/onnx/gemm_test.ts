import {
  add,
  type CompileOptions,
  concat,
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  mul,
  type Program,
  program,
  reshape,
  type Shape,
  sizeOf,
  sum,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import { assertClose } from "../../../tensors.ts";

const onnx = await createOnnxEngine({ threads: 2, spinning: false });
const reference = createReferenceEngine();
const TOLERANCE = 1e-5;

/** Uniform in [-1, 1). */
function values(shape: Shape, name: string): HostTensor {
  const stream = new RandomStream({ seed: 3, stream: name });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => stream.uniform() * 2 - 1,
  );
  return hostTensor("f32", shape, data);
}

async function outputOf(
  engine: Engine,
  made: Program,
  options: CompileOptions = {},
): Promise<HostTensor> {
  const inputs = Object.fromEntries(
    Object.entries(made.inputs)
      .map(([key, { shape }]) => [key, values(shape, key)] as const),
  );
  const executable = await engine.compile(made, options);
  const { y } = await engine.run(executable, { inputs });
  const host = await engine.download(y!);
  engine.dispose(executable);
  return host;
}

/** Compares on all threads, and on a worker of one thread, which sums otherwise. */
async function checkProgram(made: Program): Promise<void> {
  const expected = await outputOf(reference, made);
  for (const options of [{}, { worker: 0 }]) {
    const found = await outputOf(onnx, made, options);
    const what = `${made.name} ${JSON.stringify(options)}`;
    assertClose(found, expected, { what, tolerance: TOLERANCE });
  }
}

/** a^T b: [length, rows] and [length, columns] to [rows, columns]. */
function transposedProduct(
  [length, rows, columns]: readonly [number, number, number],
): Program {
  const [a, b] = [input("a", [length, rows]), input("b", [length, columns])];
  const y = matmul(a, b, { transposeA: true });
  return program(`${length} ${rows} ${columns}`, {
    inputs: { a, b },
    outputs: { y },
  });
}

Deno.test("matmul() of a transposed side equals the reference around the columns of a panel", async () => {
  for (const columns of [1, 127, 128, 129, 200]) {
    await checkProgram(transposedProduct([37, 5, columns]));
  }
});

Deno.test("matmul() sums long, odd and even numbers of rows", async () => {
  for (const length of [1022, 1023, 1024, 1025, 1026, 2048]) {
    await checkProgram(transposedProduct([length, 3, 130]));
  }
});

Deno.test("matmul() of many rows equals the reference", async () => {
  for (const rows of [2047, 2048, 2049, 3072, 4096]) {
    for (const transposeB of [false, true]) {
      const [a, b] = [
        input("a", [rows, 7]),
        input("b", transposeB ? [9, 7] : [7, 9]),
      ];
      const y = matmul(a, b, { transposeB });
      const name = `${rows} rows, ${transposeB}`;
      await checkProgram(program(name, { inputs: { a, b }, outputs: { y } }));
    }
  }
});

Deno.test("a weight gradient over a batch equals the reference, with what is added", async () => {
  const x = input("x", [4, 300, 6]);
  const dy = input("dy", [4, 300, 140]);
  const bias = input("bias", [140]);
  const dw = sum(matmul(x, dy, { transposeA: true }), { axes: [0] });
  const y = add(reshape(dw, [6, 140]), bias);
  const inputs = { x, dy, bias };
  await checkProgram(program("batch", { inputs, outputs: { y } }));
});

Deno.test("weight gradients that share an input equal the reference, tall, wide and with an addend", async () => {
  const x = input("x", [2, 300, 132]);
  const bias = input("bias", [132]);
  const inputs = { x, bias, a: input("a", [2, 300, 140]) };
  const wide = input("wide", [2, 300, 600]);
  const gradientOf = (dy: Tensor) =>
    sum(matmul(dy, x, { transposeA: true }), { axes: [0] });
  const [a, b, c] = [inputs.a, wide, mul(inputs.a, inputs.a)].map(gradientOf);
  const y = concat([a!, b!, add(c!, bias)], 0);
  await checkProgram(program("shared input", {
    inputs: { ...inputs, wide },
    outputs: { y },
  }));
});

Deno.test("sums over the channels of images equal the reference", async () => {
  for (const shape of [[1, 5, 16, 17], [1, 70, 3, 4], [2, 5, 16, 17]]) {
    for (const keepDims of [false, true]) {
      const x = input("x", shape);
      const y = sum(x, { axes: [1], keepDims });
      const name = `channels of ${shape}, ${keepDims}`;
      await checkProgram(program(name, { inputs: { x }, outputs: { y } }));
    }
  }
});

// Closes the worker, without which the test process would not end.
Deno.test("close() ends the engine of the products", async () => {
  await onnx.close();
});
