import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import {
  createWebGpuEngine,
  Recoverable,
} from "../../../../lib/engine/webgpu/mod.ts";
import {
  add,
  EngineLostError,
  hostTensor,
  input,
  program,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";

const x = input("x", [2]);
const DOUBLE = program("double", {
  inputs: { x },
  state: {},
  outputs: { y: add(x, x) },
});
const INPUTS = { x: hostTensor("f32", [2], Float32Array.of(1, 2)) };

const { available } = await engineAvailable("webgpu");

/** An engine whose device the test can take away. */
async function fragileEngine() {
  const adapter = await requireAdapter();
  let device: GPUDevice | undefined;
  const request = adapter.requestDevice.bind(adapter);
  adapter.requestDevice = async (descriptor) => {
    const made = await request(descriptor);
    device ??= made;
    return made;
  };
  const engine = await createWebGpuEngine(adapter);
  return { engine, lose: () => device!.destroy() };
}

Deno.test({
  name: "whatever is done on a lost device fails with the reason",
  ignore: !available,
  async fn() {
    const { engine, lose } = await fragileEngine();
    const executable = await engine.compile(DOUBLE);
    const { y } = await engine.run(executable, { inputs: INPUTS });
    lose();
    const lost = /^EngineLostError: The GPU was lost: /;
    assert.match(String(await engine.lost), lost);
    await assert.rejects(engine.download(y!), lost);
    await assert.rejects(engine.run(executable, { inputs: INPUTS }), lost);
    await assert.rejects(engine.compile(DOUBLE), lost);
    await engine.close();
  },
});

Deno.test({
  name:
    "a result that is waited for when the device is lost fails with the reason",
  ignore: !available,
  async fn() {
    const { engine, lose } = await fragileEngine();
    const tensor = await engine.upload(INPUTS.x);
    const reading = engine.download(tensor);
    lose();
    await assert.rejects(reading, EngineLostError);
    await engine.close();
  },
});

Deno.test({
  name:
    "a program that is compiled when the device is lost fails with the reason",
  ignore: !available,
  async fn() {
    const { engine, lose } = await fragileEngine();
    const compiling = engine.compile(DOUBLE);
    lose();
    await assert.rejects(compiling, EngineLostError);
    await engine.close();
  },
});

Deno.test({
  name: "what was made on a lost device is made anew, and the work done again",
  ignore: !available,
  async fn() {
    const made: Awaited<ReturnType<typeof fragileEngine>>[] = [];
    const told: string[] = [];
    const held = new Recoverable(async () => {
      const fragile = await fragileEngine();
      made.push(fragile);
      return fragile;
    }, { onLost: ({ name }) => told.push(name) });
    const doubled = await held.use(async ({ engine, lose }) => {
      const executable = await engine.compile(DOUBLE);
      if (made.length === 1) {
        lose();
        await engine.lost;
      }
      const { y } = await engine.run(executable, { inputs: INPUTS });
      return await engine.download(y!);
    });
    assert.deepEqual([...doubled.data], [2, 4]);
    assert.equal(made.length, 2);
    assert.deepEqual(told, ["EngineLostError"]);
    const again = await held.use((holds) => Promise.resolve(holds));
    assert.equal(again, made[1]);
    for (const { engine } of made) await engine.close();
  },
});

Deno.test("what cannot be made is tried again at the next use, other errors are not", async () => {
  let makes = 0;
  const held = new Recoverable(() => {
    makes++;
    return makes === 1
      ? Promise.reject(new Error("No adapter"))
      : Promise.resolve(makes);
  });
  const give = (made: number) => Promise.resolve(made);
  await assert.rejects(held.use(give), /No adapter/);
  assert.equal(await held.use(give), 2);
  const fail = () => Promise.reject(new TypeError("A wrong shape"));
  await assert.rejects(held.use(fail), TypeError);
  assert.equal(await held.use(give), 2);
});

Deno.test("devices that are lost again and again end the work", async () => {
  let makes = 0;
  let losses = 0;
  const onLost = () => losses++;
  const held = new Recoverable(() => Promise.resolve(++makes), { onLost });
  const lose = () => Promise.reject(new EngineLostError("The GPU was lost"));
  await assert.rejects(held.use(lose), EngineLostError);
  assert.equal(makes, 3);
  assert.equal(losses, 2, "the last one is thrown");
});
