import assert from "node:assert/strict";
import { requireAdapter } from "../../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../../lib/engine/webgpu/mod.ts";
import { planProgram } from "../../../../../lib/engine/webgpu/plan/plan.ts";
import {
  add,
  hostTensor,
  input,
  layerNorm,
  matmul,
  mul,
  program,
} from "../../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../../engines.ts";
import { LIMITS } from "../_limits.ts";

const { available } = await engineAvailable("webgpu");

const SIZE = 1001;

/** A state that is written over itself, a product and norms of rows. */
function largeProgram() {
  const x = input("x", [SIZE, SIZE]);
  const w = input("w", [SIZE, SIZE]);
  const [one, none] = [input("one", [SIZE]), input("none", [SIZE])];
  return program("large", {
    inputs: { w, one, none },
    state: { x: { value: x, next: add(mul(x, 0.5), 1) } },
    outputs: {
      product: matmul(w, w),
      norm: layerNorm(w, { weight: one, bias: none, epsilon: 1e-5 }),
    },
  });
}

/** Outputs and state after three runs; whole grids where each is timed. */
async function ranThrice({ profile }: { readonly profile: boolean }) {
  const options = { profile };
  const engine = await createWebGpuEngine(await requireAdapter(), options);
  const executable = await engine.compile(largeProgram());
  const numbers = Float32Array.from(
    { length: SIZE * SIZE },
    (_, i) => Math.sin(i),
  );
  const w = hostTensor("f32", [SIZE, SIZE], numbers);
  const one = hostTensor("f32", [SIZE], new Float32Array(SIZE).fill(1));
  const none = hostTensor("f32", [SIZE], new Float32Array(SIZE));
  const state = { x: await engine.upload(w) };
  const inputs = { w, one, none };
  for (let run = 0; run < 2; run++) {
    await engine.run(executable, { inputs, state });
  }
  const outputs = await engine.run(executable, { inputs, state });
  const found = [];
  for (const tensor of [state.x, outputs["product"]!, outputs["norm"]!]) {
    found.push((await engine.download(tensor)).data);
  }
  await engine.close();
  return { found, numbers };
}

Deno.test("large kernels of software are dispatched in pieces", () => {
  const software = { ...LIMITS, isSoftware: true };
  const pieces = planProgram(largeProgram(), software).kernels
    .map((kernel) => kernel.pieces);
  assert.equal(pieces.length, 3);
  assert.ok(pieces.every((count) => count! > 1), `${pieces}`);
  const whole = planProgram(largeProgram(), LIMITS).kernels
    .map((kernel) => kernel.pieces);
  assert.deepEqual(whole, [1, 1, 1]);
});

Deno.test({
  name: "pieces of kernels leave the bytes of whole ones, each element once",
  ignore: !available,
  async fn() {
    const cut = await ranThrice({ profile: false });
    const whole = await ranThrice({ profile: true });
    assert.deepEqual(cut.found, whole.found);
    const [x] = cut.found as [Float32Array];
    // x / 2 + 1, three times.
    const once = (value: number) => Math.fround(value * 0.5) + 1;
    const expected = cut.numbers.map((value) => once(once(once(value))));
    assert.ok(x.every((value, i) => Math.abs(value - expected[i]!) < 1e-6));
  },
});
