import assert from "node:assert/strict";
import { eventRecords } from "../../../../lib/report/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { runToy } from "./_toy.ts";

/** The lines of the toy's log, without the times. */
async function linesOf(log: string): Promise<Record<string, number>[]> {
  const text = await Deno.readTextFile(`${log}/toy/scalars.jsonl`);
  return text.trim().split("\n").map((line) => {
    const { time, ...scalars } = JSON.parse(line);
    assert.ok(time > 1.7e9);
    return scalars;
  });
}

async function eventSteps(log: string): Promise<number[]> {
  const file = await Deno.readFile(`${log}/toy/events.tfevents`);
  return [...eventRecords(file)].map(({ step }) => step);
}

const STEPS = Array.from({ length: 10 }, (_, k) => k + 1);

Deno.test("--log writes every scalar of every step", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log`;
    await runToy(folder, { options: `log = "${log}"` });
    const lines = await linesOf(log);
    assert.deepEqual(lines.map(({ step }) => step), STEPS);
    assert.deepEqual(Object.keys(lines[0]!), [
      "step",
      "bias",
      "loss",
      "gradientNorm",
      "learningRate",
    ]);
    assert.deepEqual(
      lines.slice(0, 4).map(({ learningRate }) => learningRate),
      [0, 0.025, 0.05, 0.05],
    );
    assert.deepEqual(await eventSteps(log), [0, ...STEPS]);
  }));

Deno.test("--log holds no step twice and lacks none, however a training is cut", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log`;
    const options = `log = "${log}"`;
    await runToy(folder, { name: "whole", options: `log = "${folder}/whole"` });
    const expected = await linesOf(`${folder}/whole`);
    for (const cutAt of [3, 4, 8]) {
      await assert.rejects(runToy(folder, { options, cutAt }));
      // As if it had been killed after more steps than were saved.
      const more = `{"step":${cutAt + 1},"time":1,"loss":7}\n{"step":`;
      await Deno.writeTextFile(`${log}/toy/scalars.jsonl`, more, {
        append: true,
      });
    }
    await runToy(folder, { options });
    assert.deepEqual(await linesOf(log), expected);
    assert.deepEqual(await eventSteps(log), [0, ...STEPS]);
  }));

Deno.test("--log begun late holds the steps before, too", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log`;
    await assert.rejects(runToy(folder, { cutAt: 6 }));
    await runToy(folder, { options: `log = "${log}"` });
    const lines = await linesOf(log);
    assert.deepEqual(lines.map(({ step }) => step), STEPS);
    assert.ok(lines.every(({ loss }) => loss! > 0));
  }));
