// Prints the sum that an engine computes in a process where the package's own
// binding has made onnxruntime's environment. A process of its own, because a
// process has one environment.
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { hostTensor, input, program, sum } from "../../../../lib/tensor/mod.ts";

const x = input("x", [3]);
const sums = program("sums", { inputs: { x }, outputs: { total: sum(x) } });

async function total(binding: "js" | "ffi"): Promise<number> {
  const engine = await createOnnxEngine({ binding });
  const executable = await engine.compile(sums);
  const values = hostTensor("f32", [3], Float32Array.of(1, 2, 4));
  const outputs = await engine.run(executable, { inputs: { x: values } });
  const { data } = await engine.download(outputs.total!);
  // The first one stays open, and with it the environment.
  if (binding === "ffi") await engine.close();
  return data[0]!;
}

console.log(JSON.stringify([await total("js"), await total("ffi")]));
Deno.exit(0);
