import assert from "node:assert/strict";
import {
  openArtifact,
  UserError,
  writeArtifact,
} from "../../../../lib/artifact/mod.ts";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { runToy } from "./_toy.ts";

/** Tensors of an artifact; assert.deepEqual compares their numbers. */
async function tensorsOf(path: string): Promise<Record<string, HostTensor>> {
  const reader = await openArtifact(path);
  try {
    return Object.fromEntries(await reader.readAll());
  } finally {
    reader.close();
  }
}

function stateOf(path: string): string {
  return path.replace(/\.safetensors$/, ".state.safetensors");
}

Deno.test("a finished training goes on where more steps are asked for, to the bytes of a whole one", () =>
  inFolder(async (folder) => {
    const whole = await runToy(folder, {
      name: "whole",
      options: "steps = 20",
    });
    await runToy(folder, { options: "keepState = true" });
    const { path, lines } = await runToy(folder, { options: "steps = 20" });
    assert.match(lines, /training.steps 10 is now 20; replaces/);
    assert.match(
      lines,
      /goes on from step 10 of ".*toy\.state\.safetensors"/,
    );
    assert.deepEqual(await tensorsOf(path), await tensorsOf(whole.path));
    assert.deepEqual(
      await Deno.readFile(path),
      await Deno.readFile(whole.path),
    );
  }));

Deno.test("a longer training that is cut goes on from its own state", () =>
  inFolder(async (folder) => {
    const whole = await runToy(folder, {
      name: "whole",
      options: "steps = 20",
    });
    await runToy(folder, { options: "keepState = true" });
    const options = "steps = 20";
    await assert.rejects(runToy(folder, { options, cutAt: 15 }));
    const { path, lines } = await runToy(folder, { options });
    assert.match(lines, /it was cut, goes on/);
    assert.doesNotMatch(lines, /goes on from step 10/);
    assert.deepEqual(await tensorsOf(path), await tensorsOf(whole.path));
  }));

Deno.test("a training goes on from a kept state that it is given", () =>
  inFolder(async (folder) => {
    const whole = await runToy(folder, {
      name: "whole",
      options: "steps = 20",
    });
    const { path } = await runToy(folder, { options: "keepState = true" });
    const { path: found, lines } = await runToy(folder, {
      name: "more",
      options: "steps = 20",
      init: stateOf(path),
    });
    assert.match(lines, /goes on from step 10 of/);
    assert.deepEqual(await tensorsOf(found), await tensorsOf(whole.path));
    await assert.rejects(
      runToy(folder, { options: "steps = 5", init: stateOf(path) }),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /at step 10, expected at most the 5 steps/);
        return true;
      },
    );
  }));

Deno.test("a training begins anew where the kept steps had other rates, and says so", () =>
  inFolder(async (folder) => {
    const falling = "finalRate = 0.1";
    await runToy(folder, { options: `keepState = true, ${falling}` });
    const options = `steps = 20, ${falling}`;
    const whole = await runToy(folder, { name: "whole", options });
    const { path, lines } = await runToy(folder, { options });
    assert.match(lines, /begins at step 0: the 10 steps of .* had other/);
    assert.deepEqual(await tensorsOf(path), await tensorsOf(whole.path));
  }));

Deno.test("a state of another recipe is not gone on from", () =>
  inFolder(async (folder) => {
    await runToy(folder, { options: "keepState = true" });
    const options = "steps = 20, finalRate = 0.5";
    const { lines } = await runToy(folder, { options });
    assert.doesNotMatch(lines, /goes on|begins at/);
  }));

Deno.test("a kept state replaces nothing that others made", () =>
  inFolder(async (folder) => {
    const { path } = await runToy(folder);
    await writeArtifact(stateOf(path), { kind: "ar", tensors: {}, config: {} });
    const run = runToy(folder, { options: "keepState = true, steps = 12" });
    await assert.rejects(run, /toy\.state\.safetensors": it is there;/);
    const reader = await openArtifact(stateOf(path));
    reader.close();
    assert.equal(reader.kind, "ar");
  }));
