import {
  gather,
  input,
  mul,
  program,
  sum,
} from "../../../../lib/tensor/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import { findAdapter } from "../../../../lib/cli/mod.ts";
import { Draw } from "../../../cases/values.ts";
import { engineAvailable } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";

const { available } = await engineAvailable("webgpu");

/** 64 Ki words, so that a table of 160 Ki words takes three windows. */
const WINDOW_BYTES = 256 * 1024;

Deno.test({
  name: "webgpu binds tensors in windows where one binding is too small",
  ignore: !available,
  fn: async () => {
    const table = input("table", [1000, 164]);
    const at = input("at", [300], "i32");
    const built = program("windows", {
      inputs: { at },
      state: { table: { value: table, next: mul(table, 2) } },
      outputs: { rows: gather(table, at), total: sum(table, { axes: [0] }) },
    });
    const draw = new Draw(1);
    const inputs = { at: draw.integers([300], { high: 1000 }) };
    const start = draw.floats([1000, 164]);
    const adapter = await findAdapter();
    const gpu = await createWebGpuEngine(adapter!, {
      maxBindingBytes: WINDOW_BYTES,
    });
    const results = [];
    for (const engine of [gpu, createReferenceEngine()]) {
      const executable = await engine.compile(built);
      const state = { table: await engine.upload(start) };
      const outputs = await engine.run(executable, { inputs, state });
      const tensors = [...Object.values(outputs), state.table];
      const host = [];
      for (const tensor of tensors) host.push(await engine.download(tensor));
      results.push(host);
      await engine.close();
    }
    const [actual, expected] = results;
    expected!.forEach((want, i) =>
      assertClose(actual![i]!, want, { what: `result ${i}`, tolerance: 1e-6 })
    );
  },
});
