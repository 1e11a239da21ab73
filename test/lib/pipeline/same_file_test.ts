import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type PlannedStep,
  refuseSameFile,
  runPlan,
} from "../../../lib/pipeline/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { SILENT_HOST } from "./_silent_host.ts";
import { brighten } from "./example_stages.ts";

function run(
  input: string,
  outputs: PlannedStep["outputs"],
): Promise<unknown> {
  const step: PlannedStep = {
    id: "brighten",
    stage: brighten,
    options: {},
    seed: 0,
    inputs: { images: input },
    outputs,
    after: [],
  };
  return runPlan({ folder: undefined, steps: [step] }, SILENT_HOST, {
    force: true,
  });
}

Deno.test("runPlan() replaces no input by what is made from it", () =>
  inFolder(async (folder) => {
    const input = join(folder, "a.safetensors");
    const link = join(folder, "link.safetensors");
    await Deno.writeTextFile(input, "precious");
    await Deno.symlink(input, link);
    const around = join(folder, "..", folder.split("/").at(-1)!);
    for (const images of [input, link, `${around}/a.safetensors`]) {
      const message = /^Cannot write .*: it is read at the same time/;
      await assert.rejects(run(input, { images }), { message });
    }
    assert.equal(await Deno.readTextFile(input), "precious");
  }));

Deno.test("runPlan() writes no two outputs to one place", () =>
  inFolder(async (folder) => {
    const input = join(folder, "a.safetensors");
    await Deno.writeTextFile(input, "");
    const images = join(folder, "b");
    const done = run(input, { images, note: `${folder}/./b` });
    const message = /b": it would be the outputs images and note of brighten;/;
    await assert.rejects(done, { name: "UserError", message });
  }));

Deno.test("refuseSameFile() takes devices and pipes twice", async () => {
  await refuseSameFile("/dev/null", "/dev/null");
});
