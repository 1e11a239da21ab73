// Prints how many bytes of resident memory 1,000 runs add, in JSON: the least
// of several windows, because a leak grows in each. A process of its own,
// because tests that run beside it share theirs.
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { hostTensor, zeros } from "../../../../lib/tensor/mod.ts";
import { steppingProgram } from "./stepping_program.ts";

const RUNS = 1000;
const WINDOWS = 4;
const SIZE = 256;

const engine = await createOnnxEngine();
const executable = await engine.compile(steppingProgram(SIZE));
const state = {
  x: await engine.upload(zeros("f32", [SIZE, SIZE])),
  count: await engine.upload(zeros("i32", [])),
};
const one = hostTensor("i32", [], Int32Array.of(1));

async function residentAfterRuns(): Promise<number> {
  for (let i = 0; i < RUNS; i++) {
    await engine.run(executable, { inputs: { one }, state });
  }
  return Deno.memoryUsage().rss;
}

let before = await residentAfterRuns();
let leastGrowth = Infinity;
for (let i = 0; i < WINDOWS; i++) {
  const after = await residentAfterRuns();
  leastGrowth = Math.min(leastGrowth, after - before);
  before = after;
}
await engine.close();
console.log(JSON.stringify(leastGrowth));
