import assert from "node:assert/strict";
import { join } from "node:path";
import { exists } from "../../../../lib/artifact/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { dying, runToy } from "./_toy.ts";

const DRAWING = "validateEvery = 4, draws = true";

/** Names of the pictures beside the toy's output. */
function pictures(path: string): string[] {
  return [...Deno.readDirSync(join(path, ".."))].map(({ name }) => name)
    .filter((name) => name.endsWith(".png")).sort();
}

Deno.test("a training replaces its own grids, also those of a killed run", () =>
  inFolder(async (folder) => {
    dying.add(8);
    await assert.rejects(runToy(folder, { options: DRAWING }), /Killed/);
    const { path } = await runToy(folder, { options: DRAWING });
    const grids = ["toy.step-10.png", "toy.step-4.png", "toy.step-8.png"];
    assert.deepEqual(pictures(path), grids);
    // Of another recipe, so that it is done again.
    await runToy(folder, { options: `${DRAWING}, finalRate = 0.5` });
    assert.deepEqual(pictures(path), grids);
  }));

for (
  const [beside, options] of [
    ["step-8.png", DRAWING],
    ["step-10.png", DRAWING],
    ["step-6.safetensors", "saveEvery = 3"],
    ["best.safetensors", "validateEvery = 4, keepBest = true"],
  ] as const
) {
  Deno.test(`a training refuses before its work to replace ${beside} of others`, () =>
    inFolder(async (folder) => {
      const { path } = await runToy(folder, { name: "other" });
      const place = join(path, "..", `toy.${beside}`);
      await Deno.writeTextFile(place, "mine");
      await assert.rejects(
        runToy(folder, { options }),
        /toy\.[^ ]*": it is there; give another place, or --force/,
      );
      assert.equal(await Deno.readTextFile(place), "mine");
      assert.equal(await exists(join(path, "../toy.step-4.png")), false);
      assert.equal(
        await exists(join(path, "../toy.step-3.safetensors")),
        false,
      );
    }));
}

Deno.test("a training without grids leaves pictures of such names alone", () =>
  inFolder(async (folder) => {
    const { path } = await runToy(folder, { name: "other" });
    const place = join(path, "../toy.step-8.png");
    await Deno.writeTextFile(place, "mine");
    await runToy(folder, { options: "validateEvery = 4" });
    assert.equal(await Deno.readTextFile(place), "mine");
  }));
