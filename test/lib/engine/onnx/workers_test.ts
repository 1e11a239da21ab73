import assert from "node:assert/strict";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import {
  hostTensor,
  input,
  matmul,
  program,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";

const { available } = await engineAvailable("onnx");

/** A product whose rounding shows how it was cut: long rows of few columns. */
const SIZES = [96, 700, 96] as const;

function ramp(rows: number, columns: number) {
  const data = Float32Array.from(
    { length: rows * columns },
    (_, i) => Math.sin(i * 1.7) * 10 ** (i % 5),
  );
  return hostTensor("f32", [rows, columns], data);
}

Deno.test({
  name: "lanes compute the same bytes however many there are",
  ignore: !available,
  fn: async () => {
    const [m, k, n] = SIZES;
    const [a, b] = [input("a", [m, k]), input("b", [k, n])];
    const product = program("product", {
      inputs: { a, b },
      outputs: { y: matmul(a, b) },
    });
    const inputs = { a: ramp(m, k), b: ramp(k, n) };
    const found: unknown[] = [];
    for (const threads of [1, 2, 4]) {
      const engine = await createOnnxEngine({ threads, spinning: false });
      assert.equal(engine.lanes, threads);
      for (let lane = 0; lane < threads; lane++) {
        const executable = await engine.compile(product, { lane });
        const { y } = await engine.run(executable, { inputs });
        found.push((await engine.download(y!)).data);
      }
      await assert.rejects(engine.compile(product, { lane: threads }), {
        name: "RangeError",
        message: `There is no lane ${threads} of ${threads}`,
      });
      await engine.close();
    }
    for (const data of found) assert.deepEqual(data, found[0]);
  },
});
