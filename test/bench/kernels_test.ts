import assert from "node:assert/strict";
import {
  KERNEL_CASE_NAMES,
  KERNEL_CASES,
  kernelSizes,
} from "../../bench/kernels/cases.ts";
import { kernelTable } from "../../bench/kernels/mod.ts";
import { kernelResult } from "../../bench/kernels/run.ts";
import { countProgram } from "../../bench/structure/count.ts";
import { SIZE_NAMES } from "../../bench/structure/sizes.ts";
import { input, matmul, program } from "../../lib/tensor/mod.ts";

Deno.test("every kernel case has a plan at every size", () => {
  for (const size of SIZE_NAMES) {
    const sizes = kernelSizes(size);
    for (const name of KERNEL_CASE_NAMES) {
      const { kernels, bytes, leastBytes } = countProgram(
        KERNEL_CASES[name].build(name, sizes),
      );
      assert.ok(kernels >= 1, `${size} ${name}`);
      // Bytes are counted in two ways that must not contradict each other.
      assert.ok(bytes >= 0.99 * leastBytes, `${size} ${name}: ${bytes}`);
    }
  }
});

const [a, b] = [input("a", [100, 100]), input("b", [100, 100])];
const product = program("product", {
  inputs: { a, b },
  outputs: { y: matmul(a, b) },
});
const peak = { flopsPerSecond: 4e9, bytesPerSecond: 1e9 };
const runs = { program: product, runs: 3, hostSeconds: 0.004 };

function call(kernel: string, seconds: number) {
  const rest = { startSeconds: 0, flops: 0, bytes: 0 };
  return { program: "product", kernel, seconds, ...rest };
}

Deno.test("kernelResult() sums the kernels of each run and skips the first two", () => {
  const durations = [9, 9, 9, 9, 1, 1, 2, 2, 3, 3];
  const calls = durations.map((ms) => call("k", ms / 1000));
  const profile = { kernels: [], calls, peak };
  const result = kernelResult("a product", runs, { profile, peak });
  assert.equal(result.kernels, 2);
  assert.deepEqual(result.seconds, { min: 0.002, median: 0.004, runs: 3 });
  assert.equal(result.flopsPerSecond, 2e6 / 0.002);
  assert.equal(result.share.flops, 0.25);
  assert.equal(result.bytesPerSecond, 120_000 / 0.002);
});

Deno.test("kernelResult() takes the host's time where nothing was timed", () => {
  const { kernels, seconds } = kernelResult("a product", runs, { peak });
  assert.equal(kernels, 0);
  assert.equal(seconds.min, 0.004);
});

Deno.test("kernelTable() says what binds each kernel", () => {
  const adapter = {
    description: "some adapter",
    vendor: "",
    isSoftware: true,
    features: [],
    languageFeatures: [],
    cooperativeMatrices: "absent" as const,
    maxBindingBytes: 1,
    maxBufferBytes: 1,
    maxBindings: 8,
    sharedBytes: 1,
    subgroupSize: 0,
  };
  const cases = { matmul: kernelResult("a product", runs, { peak }) };
  const text = kernelTable({ adapter, size: "tiny", peak, cases });
  assert.match(text, /Measured peak: 4\.00 GFLOP\/s, 1\.00 GB\/s/);
  assert.match(text, /^matmul +\? +4\.00 +4\.00 .* 13% +arithmetic$/m);
});
