import assert from "node:assert/strict";
import { requireAdapter } from "../../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../../lib/engine/webgpu/mod.ts";
import {
  type Dispatch,
  Recorder,
} from "../../../../../lib/engine/webgpu/runtime/recorder.ts";
import {
  add,
  hostTensor,
  input,
  matmul,
  mul,
  program,
  reshape,
  sum,
  zeros,
} from "../../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../../engines.ts";

/** A device that notes what is submitted, and ends it when it is told to. */
function notingDevice() {
  const submitted: string[] = [];
  const ends: (() => void)[] = [];
  let recorded: string[] = [];
  const pass = {
    setPipeline: (name: string) => recorded.push(name),
    setBindGroup() {},
    dispatchWorkgroups() {},
    end() {},
  };
  const device = {
    createCommandEncoder: () => ({
      beginComputePass: () => pass,
      finish: () => recorded.splice(0).join(" "),
    }),
    queue: {
      submit: ([commands]: string[]) => submitted.push(commands!),
      onSubmittedWorkDone: () =>
        new Promise<void>((resolve) => ends.push(resolve)),
    },
  } as unknown as GPUDevice;
  const endAll = async () => {
    for (const end of ends.splice(0)) end();
    await new Promise((resume) => setTimeout(resume));
  };
  recorded = [];
  return { device, submitted, endAll };
}

function dispatch(name: string, work: number): Dispatch {
  return {
    pipeline: name as unknown as GPUComputePipeline,
    bindGroup: {} as GPUBindGroup,
    workgroups: 1,
    work,
  };
}

/** On software, at first, that much work is taken for 40 ms. */
const PIECE = 80;

Deno.test("a run longer than a submission is cut between kernels", () => {
  const { device, submitted } = notingDevice();
  const recorder = new Recorder(device, { isSoftware: true });
  recorder.pass(["a", "b", "c"].map((name) => dispatch(name, PIECE / 2)));
  recorder.flush();
  assert.deepEqual(submitted, ["a b", "c"]);
});

Deno.test("runs wait in their order while the device is behind", async () => {
  const { device, submitted, endAll } = notingDevice();
  const recorder = new Recorder(device, { isSoftware: true });
  const noted: string[] = [];
  function* run(name: string) {
    noted.push(name);
    yield* recorder.pieces([1, 2].map((i) => dispatch(name + i, PIECE)));
    return name;
  }
  const runs = ["a", "b", "c"].map((name) => recorder.record(run(name)));
  assert.equal(runs[0], "a");
  assert.equal(recorder.isWaiting, true);
  const atOnce = submitted.join(" ");
  assert.ok(!atOnce.includes("b2") && !atOnce.includes("c"), atOnce);
  while (recorder.isWaiting) await endAll();
  assert.deepEqual(await Promise.all(runs), ["a", "b", "c"]);
  recorder.flush();
  assert.equal(submitted.join(" "), "a1 a2 b1 b2 c1 c2");
  assert.deepEqual(noted, ["a", "b", "c"]);
  assert.equal(recorder.isWaiting, false);
});

Deno.test("a run that fails keeps nobody waiting", async () => {
  const { device, endAll } = notingDevice();
  const recorder = new Recorder(device, { isSoftware: true });
  recorder.pass([dispatch("long", 10 * PIECE)]);
  recorder.flush();
  // deno-lint-ignore require-yield
  function* failing(): Generator<undefined, void> {
    throw new TypeError("No such buffer");
  }
  const failed = recorder.record(failing()) as Promise<void>;
  const after = recorder.record(recorder.pieces([dispatch("next", 1)]));
  await Promise.all([
    assert.rejects(failed, /No such buffer/),
    endAll().then(() => after),
  ]);
});

const { available } = await engineAvailable("webgpu");

Deno.test({
  name:
    "runs that wait for the device read what they were given, in their order",
  ignore: !available,
  async fn() {
    const size = 768;
    const x = input("x", [1]);
    const [s, w] = [input("s", [1]), input("w", [size, size])];
    // A product of zeros, which takes its time.
    const nothing = reshape(sum(matmul(w, w)), [1]);
    const next = add(add(mul(s, 2), x), nothing);
    const slow = program("slow", {
      inputs: { x },
      state: { s: { value: s, next }, w: { value: w } },
      outputs: {},
    });
    const engine = await createWebGpuEngine(await requireAdapter());
    const executable = await engine.compile(slow);
    const state = {
      s: await engine.upload(zeros("f32", [1])),
      w: await engine.upload(zeros("f32", [size, size])),
    };
    const given = Float32Array.of(0);
    const runs: Promise<unknown>[] = [];
    let expected = 0;
    for (let i = 1; i <= 8; i++) {
      given[0] = i;
      const inputs = { x: hostTensor("f32", [1], given) };
      runs.push(engine.run(executable, { inputs, state }));
      expected = 2 * expected + i;
    }
    const last = await engine.download(state.s);
    assert.deepEqual([...last.data], [expected]);
    await Promise.all(runs);
    await engine.close();
  },
});
