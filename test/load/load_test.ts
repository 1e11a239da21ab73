import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { ATTACKS, SLOW_BODY } from "./attacks.ts";
import { runLoad } from "./load.ts";
import { startServed } from "./served_process.ts";
import { rawAnswer } from "../lib/serve/_server.ts";

Deno.test("a server gives many clients the command line's images, attacks clean refusals", () =>
  inFolder(async (folder) => {
    await writeModel(folder);
    const report = await runLoad({
      model: ["--model", "model.safetensors", "--device", "cpu"],
      classes: 3,
      clients: 12,
      warmUpSeconds: 1,
      seconds: 4,
      seed: 1,
      settings: [{ steps: 3 }, { steps: 3, seed: 7, cfg: 2 }],
      images: 12,
      folder,
    });
    assert.deepEqual([...report.faults], []);
    assert.ok(report.images > 0, `${report.images} images`);
    assert.ok(report.memory.length > 0);
    assert.ok(report.memory.every((bytes) => bytes > 0));
    assert.equal(report.ended.code, 0, report.ended.err);
    assert.ok(report.ended.seconds < 5, `${report.ended.seconds} s`);
    assert.doesNotMatch(report.ended.err, /Internal error|Warning/);
  }));

Deno.test("every attack is refused with its status, and a slow body in time", () =>
  inFolder(async (folder) => {
    await writeModel(folder);
    const model = ["--model", "model.safetensors", "--device", "cpu"];
    const served = await startServed(model, { cwd: folder });
    const slow = rawAnswer(served.port, SLOW_BODY.request);
    for (const { name, request, status } of ATTACKS) {
      const answer = await rawAnswer(served.port, request);
      const [, code] = /^HTTP\/1\.[01] (\d{3}) /.exec(answer) ?? [];
      assert.ok(status.includes(Number(code ?? NaN) || "closed"), name);
    }
    assert.match(await slow, /^HTTP\/1\.1 408 /);
    const { err } = await served.interrupt();
    assert.doesNotMatch(err, /Warning/);
  }));
