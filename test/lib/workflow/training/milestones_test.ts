import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { openArtifact } from "../../../../lib/artifact/mod.ts";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { dying, runToy } from "./_toy.ts";

interface Read {
  readonly tensors: Record<string, HostTensor>;
  readonly config: Readonly<Record<string, unknown>>;
}

async function read(path: string): Promise<Read> {
  const reader = await openArtifact(path, "ar");
  try {
    const tensors = Object.fromEntries(await reader.readAll());
    return { tensors, config: reader.config };
  } finally {
    reader.close();
  }
}

/** What lies beside an output, by what stands between its name and the ending. */
function beside(path: string): string[] {
  const stem = basename(path).replace(/\.safetensors$/, "");
  return [...Deno.readDirSync(dirname(path))].map(({ name }) => name)
    .filter((name) => name.startsWith(`${stem}.`) && name !== basename(path))
    .map((name) => name.slice(stem.length + 1).replace(/\.safetensors$/, ""))
    .sort();
}

function at(path: string, label: string): string {
  return path.replace(/\.safetensors$/, `.${label}.safetensors`);
}

Deno.test("--save-every leaves what a training of so many steps would leave", () =>
  inFolder(async (folder) => {
    const { path } = await runToy(folder, { options: "saveEvery = 3" });
    assert.deepEqual(beside(path), ["step-3", "step-6", "step-9"]);
    const short = await runToy(folder, { name: "s", options: "steps = 6" });
    const [milestone, whole] = [
      await read(at(path, "step-6")),
      await read(short.path),
    ];
    assert.deepEqual(milestone.tensors, whole.tensors);
    assert.deepEqual(milestone.config, { ...whole.config, step: 6 });
  }));

Deno.test("--keep-last removes older milestones and nothing else", () =>
  inFolder(async (folder) => {
    const options = "saveEvery = 2, keepLast = 2";
    const { path } = await runToy(folder, { options });
    assert.deepEqual(beside(path), ["step-6", "step-8"]);
  }));

Deno.test("--keep-best leaves the weights of the best validation", () =>
  inFolder(async (folder) => {
    const options = "validateEvery = 2, keepBest = true, saveEvery = 2";
    const { path, lines } = await runToy(folder, { options });
    const best = await read(at(path, "best"));
    // 4 and 6 are as near to the middle: the earlier stays.
    assert.deepEqual(
      best.tensors,
      (await read(at(path, "step-4"))).tensors,
    );
    assert.equal(best.config.step, 4);
    assert.match(lines, /^step 4: held-out loss 3\.\d{4}, middle 1\.0000$/m);
    assert.match(lines, /^step 10: held-out/m);
  }));

Deno.test("validations and milestones change no byte, also where they are killed", () =>
  inFolder(async (folder) => {
    const plain = await runToy(folder, { name: "plain" });
    const keeping = "validateEvery = 2, keepBest = true, saveEvery = 2";
    const log = (name: string) => `log = "${folder}/${name}"`;
    const whole = await runToy(folder, {
      name: "whole",
      options: `${keeping}, ${log("a")}`,
    });
    const options = `${keeping}, ${log("b")}`;
    for (const step of [2, 6, 10]) {
      dying.add(step);
      await assert.rejects(
        runToy(folder, { options }),
        /Killed in a validation/,
      );
    }
    await assert.rejects(runToy(folder, { options, cutAt: 8 }));
    const { path } = await runToy(folder, { options });
    const expected = await Deno.readFile(plain.path);
    assert.deepEqual(await Deno.readFile(whole.path), expected);
    assert.deepEqual(await Deno.readFile(path), expected);
    assert.deepEqual(beside(path), beside(whole.path));
    for (const label of beside(path)) {
      const [found, wanted] = [
        await read(at(path, label)),
        await read(at(whole.path, label)),
      ];
      assert.deepEqual(found, wanted);
    }
    const [a, b] = await Promise.all(
      ["a", "b"].map(async (name) =>
        (await Deno.readTextFile(`${folder}/${name}/toy/scalars.jsonl`))
          .replaceAll(/"time":[\d.]+/g, "")
      ),
    );
    assert.equal(b, a);
  }));

Deno.test("validations and kept milestones are refused where there are none", () =>
  inFolder(async (folder) => {
    await assert.rejects(
      runToy(folder, { options: "keepBest = true" }),
      /: Cannot validate a training: expected --heldout/,
    );
    await assert.rejects(
      runToy(folder, { options: "keepLast = 1" }),
      /: Cannot keep the last milestones: expected --save-every/,
    );
  }));
