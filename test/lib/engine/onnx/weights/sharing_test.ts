import assert from "node:assert/strict";
import { createOnnxEngine } from "../../../../../lib/engine/onnx/mod.ts";
import {
  type Engine,
  hostTensor,
  input,
  matmul,
  program,
  type StoredTensor,
} from "../../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../../engines.ts";
import { inFolder } from "../../../artifact/_bytes.ts";

const [OUT, IN] = [512, 768];

/** A stored matrix with ones on its diagonal; `loads` counts reads. */
function storedMatrix(loads: string[]): StoredTensor {
  return {
    dtype: "f32",
    shape: [OUT, IN],
    identity: "test matrix",
    load() {
      loads.push("test matrix");
      const data = new Float32Array(OUT * IN);
      for (let i = 0; i < OUT; i++) data[i * IN + i] = 1;
      return Promise.resolve(hostTensor("f32", [OUT, IN], data));
    },
  };
}

/** The first numbers of the product of [0, 1, 2, ..] repeated and the matrix. */
async function productOf(
  engine: Engine,
  w: StoredTensor,
  rows: number,
): Promise<number[]> {
  const [x, weight] = [input("x", [rows, IN]), input("w", [OUT, IN])];
  const executable = await engine.compile(
    program(`product ${rows}`, {
      inputs: { x },
      state: { w: { value: weight } },
      outputs: { y: matmul(x, weight, { transposeB: true }) },
    }),
    { frozen: { w } },
  );
  const data = Float32Array.from({ length: rows * IN }, (_, i) => i % IN);
  const inputs = { x: hostTensor("f32", [rows, IN], data) };
  const { y } = await engine.run(executable, { inputs });
  return [...(await engine.download(y!)).data.subarray(OUT * (rows - 1), OUT)];
}

const { available } = await engineAvailable("onnx");

Deno.test({
  name:
    "stored weights are read once, and mapped once a process, by both bindings",
  ignore: !available,
  async fn() {
    await inFolder(async (cache) => {
      const loads: string[] = [];
      for (let process = 0; process < 2; process++) {
        const engine = await createOnnxEngine({ cache });
        const expected = Array.from({ length: OUT }, (_, i) => i);
        assert.deepEqual(
          await productOf(engine, storedMatrix(loads), 1),
          expected,
        );
        await productOf(engine, storedMatrix(loads), 2);
        if (Deno.build.os === "linux" && engine.info.binding === "ffi") {
          const maps = await Deno.readTextFile("/proc/self/maps");
          const lines = maps.split("\n").filter((line) => line.includes(cache));
          assert.equal(lines.length, 1, lines.join("\n"));
        }
        await engine.close();
      }
      const engine = await createOnnxEngine({ cache, binding: "js" });
      const [, second] = await productOf(engine, storedMatrix(loads), 1);
      assert.equal(second, 1);
      await engine.close();
      assert.deepEqual(loads, ["test matrix"]);
      assert.equal([...Deno.readDirSync(cache)].length, 1);
    });
  },
});
