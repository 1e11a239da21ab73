import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../../lib/artifact/mod.ts";
import type { PlannedStep } from "../../../lib/pipeline/plan.ts";
import { lockStep } from "../../../lib/pipeline/step_lock.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { make } from "./example_stages.ts";

function step(folder: string, changes: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: "make",
    stage: make,
    options: {},
    seed: 0,
    inputs: {},
    outputs: { images: join(folder, "images.safetensors") },
    after: [],
    ...changes,
  } as PlannedStep;
}

function lockPath(folder: string): string {
  return join(folder, ".spherear", "images.safetensors.lock");
}

/** A rank of two that share a step. */
function ranked(folder: string, rank: number): PlannedStep {
  return step(folder, { share: { rank, world: 2 } });
}

Deno.test("lockStep() keeps others out and names itself, until it is freed", async () => {
  await inFolder(async (folder) => {
    const lock = await lockStep(step(folder));
    await assert.rejects(lockStep(step(folder)), (error) => {
      assert.ok(error instanceof UserError);
      const holder = `process ${Deno.pid} on ${Deno.hostname()}`;
      const where = `("${lockPath(folder)}" is locked)`;
      assert.equal(
        error.message,
        `Cannot run make: ${holder} is at it ${where}`,
      );
      return true;
    });
    lock[Symbol.dispose]();
    await assert.rejects(Deno.stat(lockPath(folder)), Deno.errors.NotFound);
    (await lockStep(step(folder)))[Symbol.dispose]();
  });
});

Deno.test("lockStep() keeps another process out", async () => {
  await inFolder(async (folder) => {
    using _lock = await lockStep(step(folder));
    const code = `using file = Deno.openSync(Deno.args[0], { write: true });
      Deno.exit(file.tryLockSync(true) ? 0 : 7);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", code, lockPath(folder)],
    });
    assert.equal((await child.output()).code, 7);
  });
});

Deno.test("lockStep() locks other outputs apart", async () => {
  await inFolder(async (folder) => {
    using _lock = await lockStep(step(folder));
    const outputs = { images: join(folder, "other.safetensors") };
    (await lockStep(step(folder, { outputs })))[Symbol.dispose]();
    // Pipes have no place to lock.
    const { writable } = new TransformStream<Uint8Array>();
    using _pipe = await lockStep(step(folder, {
      outputs: { images: writable },
    }));
  });
});

Deno.test("lockStep() lets ranks share, and nobody else", async () => {
  await inFolder(async (folder) => {
    const first = await lockStep(ranked(folder, 0));
    const second = await lockStep(ranked(folder, 1));
    first[Symbol.dispose]();
    await assert.rejects(lockStep(step(folder)), /^UserError: Cannot run make/);
    second[Symbol.dispose]();
    using _lock = await lockStep(step(folder));
    await assert.rejects(lockStep(ranked(folder, 0)), /is at it/);
  });
});

Deno.test("lockStep() takes a file that a killed process left", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, ".spherear"));
    for (const text of ['{"pid":1,"host":"gone"}', "", "x".repeat(5000)]) {
      await Deno.writeTextFile(lockPath(folder), text);
      using _lock = await lockStep(step(folder));
      const { pid } = JSON.parse(await Deno.readTextFile(lockPath(folder)));
      assert.equal(pid, Deno.pid);
    }
  });
});
