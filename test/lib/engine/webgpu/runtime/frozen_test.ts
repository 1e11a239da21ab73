import assert from "node:assert/strict";
import { requireAdapter } from "../../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../../lib/engine/webgpu/mod.ts";
import {
  hostTensor,
  input,
  matmul,
  program,
  type StoredTensor,
} from "../../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../../engines.ts";

const SIZE = 64;

/** A stored matrix with twos on its diagonal; `loads` counts reads. */
function storedMatrix(loads: string[]): StoredTensor {
  return {
    dtype: "f32",
    shape: [SIZE, SIZE],
    identity: "twos",
    load() {
      loads.push("twos");
      const data = new Float32Array(SIZE * SIZE);
      for (let i = 0; i < SIZE; i++) data[i * SIZE + i] = 2;
      return Promise.resolve(hostTensor("f32", [SIZE, SIZE], data));
    },
  };
}

const { available } = await engineAvailable("webgpu");

Deno.test({
  name: "stored weights are not read again while a program holds them",
  ignore: !available,
  async fn() {
    const engine = await createWebGpuEngine(await requireAdapter());
    const loads: string[] = [];
    const stored = storedMatrix(loads);
    const compile = (rows: number) => {
      const [x, w] = [input("x", [rows, SIZE]), input("w", [SIZE, SIZE])];
      const y = matmul(x, w, { transposeB: true });
      const built = program(`rows ${rows}`, {
        inputs: { x },
        state: { w: { value: w } },
        outputs: { y },
      });
      return engine.compile(built, { frozen: { w: stored } });
    };
    const run = async (executable: Awaited<ReturnType<typeof compile>>) => {
      const { x } = executable.program.inputs;
      const data = new Float32Array(x!.shape[0]! * SIZE).fill(3);
      const inputs = { x: hostTensor("f32", x!.shape, data) };
      const { y } = await engine.run(executable, { inputs });
      return new Set((await engine.download(y!)).data);
    };
    const both = await Promise.all([compile(1), compile(2)]);
    for (const each of both) assert.deepEqual(await run(each), new Set([6]));
    const asked = loads.length;
    engine.dispose(both[0]);
    assert.deepEqual(await run(await compile(3)), new Set([6]));
    assert.equal(loads.length, asked);
    for (const each of both) engine.dispose(each);
    await engine.close();
  },
});
