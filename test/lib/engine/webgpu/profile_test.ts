import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import { ProfileTotals } from "../../../../lib/engine/webgpu/runtime/profile.ts";
import {
  hostTensor,
  input,
  matmul,
  program,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";

const kernel = {
  name: "matmul",
  wgsl: "",
  bindings: [],
  workgroups: 1,
  flops: 10,
  bytes: 20,
};

Deno.test("ProfileTotals sums the calls of a kernel and keeps them in order", () => {
  const totals = new ProfileTotals();
  const slow = { ...kernel, name: "slow" };
  totals.add({ kernel, program: "p" }, 1000n, 3000n);
  totals.add({ kernel: slow, program: "p" }, 4000n, 14_000n);
  totals.add({ kernel, program: "p" }, 20_000n, 21_000n);
  const [first, second] = totals.kernels;
  assert.equal(first!.kernel, "slow");
  assert.deepEqual(second, {
    program: "p",
    kernel: "matmul",
    calls: 2,
    seconds: 3e-6,
    flops: 20,
    bytes: 40,
  });
  const starts = totals.calls.map(({ startSeconds }) => startSeconds);
  assert.deepEqual(starts, [0, 3e-6, 19e-6]);
});

Deno.test("ProfileTotals counts a clock that steps back as no time", () => {
  const totals = new ProfileTotals();
  totals.add({ kernel, program: "p" }, 3000n, 1000n);
  assert.equal(totals.kernels[0]!.seconds, 0);
});

Deno.test("ProfileTotals finds the step of a coarse clock", () => {
  const totals = new ProfileTotals();
  const step = 65_536n;
  totals.add({ kernel, program: "p" }, 6n * step, 6n * step);
  totals.add({ kernel, program: "p" }, 9n * step, 10n * step);
  assert.equal(totals.clockSeconds, 65_536e-9);
  totals.add({ kernel, program: "p" }, 10n * step, 10n * step + 1n);
  assert.equal(totals.clockSeconds, 1e-9);
});

const webgpu = await engineAvailable("webgpu");
const size = 8;

function product() {
  const [a, b] = [input("a", [size, size]), input("b", [size, size])];
  return program("product", { inputs: { a, b }, outputs: { y: matmul(a, b) } });
}

function ones() {
  return hostTensor("f32", [size, size], new Float32Array(size ** 2).fill(1));
}

Deno.test({
  name: "a profiled engine times every kernel and computes the same",
  ignore: !webgpu.available,
  async fn() {
    const adapter = await requireAdapter();
    const engine = await createWebGpuEngine(adapter, { profile: true });
    const executable = await engine.compile(product());
    const inputs = { a: ones(), b: ones() };
    // More passes than one query set holds.
    const runs = 2100;
    const running = Array.from(
      { length: runs },
      () => engine.run(executable, { inputs }),
    );
    const { y } = (await Promise.all(running)).at(-1)!;
    assert.equal((await engine.download(y!)).data[0], size);
    const { kernels, calls, peak } = await engine.profile!();
    await engine.close();
    assert.equal(kernels.length, 1);
    const [{ calls: count, seconds, flops }] = kernels as [typeof kernels[0]];
    assert.deepEqual([count, flops], [runs, runs * 2 * size ** 3]);
    assert.equal(calls.length, runs);
    assert.ok(seconds > 0);
    assert.ok(peak.flopsPerSecond > 0 && peak.bytesPerSecond > 0);
  },
});

Deno.test({
  name: "an engine that is not profiled has no profile",
  ignore: !webgpu.available,
  async fn() {
    const engine = await createWebGpuEngine(await requireAdapter());
    assert.equal(engine.profile, undefined);
    await engine.close();
  },
});
