import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import {
  parsePipeline,
  type PlannedStep,
  planPipeline,
  type RunOptions,
  runPlan,
  type Share,
  type Stage,
  type StepResult,
} from "../../../lib/pipeline/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { SILENT_HOST } from "./_silent_host.ts";
import { draw } from "./example_stages.ts";

async function planned(folder: string, text: string): Promise<PlannedStep> {
  const spec = parsePipeline(text, join(folder, "p.toml"));
  const plan = await planPipeline(spec, () => Promise.resolve(draw));
  return plan.steps[0]!;
}

async function run(
  step: PlannedStep,
  share?: Share,
  options?: RunOptions,
): Promise<StepResult> {
  const [target] = Object.values(step.outputs);
  const folder = typeof target === "string" ? dirname(target) : undefined;
  const steps = [{ ...step, ...share && { share } }];
  const [result] = await runPlan({ folder, steps }, SILENT_HOST, options);
  return result!;
}

Deno.test("an output is left out where another one is asked for in its place", () =>
  inFolder(async (folder) => {
    const book = await planned(folder, "[stages.draw]");
    assert.deepEqual(Object.keys(book.outputs), ["book"]);
    const sheets = "[stages.draw]\noutputs = { sheets = 's' }";
    assert.deepEqual(
      Object.keys((await planned(folder, sheets)).outputs),
      ["sheets"],
    );
    const both = "[stages.draw]\noutputs = { sheets = 's', book = 'b' }";
    assert.deepEqual(
      Object.keys((await planned(folder, both)).outputs),
      ["book", "sheets"],
    );
  }));

Deno.test("files in pieces and folders are found done, until they change", () =>
  inFolder(async (folder) => {
    const text = "[stages.draw]\noutputs = { sheets = 's', book = 'b' }";
    const step = await planned(folder, text);
    const { book, sheets } = step.outputs as Record<string, string>;
    assert.equal((await run(step)).state, "ran");
    assert.equal(await Deno.readTextFile(book!), "AB");
    assert.deepEqual([...await Deno.readFile(join(sheets!, "0"))], [1]);
    assert.equal((await run(step)).state, "done");
    await Deno.writeTextFile(join(sheets!, "1"), "more");
    assert.equal(
      (await run(step)).why,
      `"${sheets}" changed since it was made`,
    );
    assert.deepEqual([...Deno.readDirSync(sheets!)].length, 1);
  }));

Deno.test("a changed picture of a folder is noticed by its content", () =>
  inFolder(async (folder) => {
    const text = "[stages.draw]\noutputs = { sheets = 's' }";
    const step = await planned(folder, text);
    const picture = join(step.outputs.sheets as string, "0");
    await run(step);
    await Deno.writeFile(picture, Uint8Array.of(2));
    assert.match((await run(step)).why!, /s" changed since it was made$/);
    assert.deepEqual([...await Deno.readFile(picture)], [1]);
    // Written again as it was, it is the same.
    await Deno.writeFile(picture, Uint8Array.of(1));
    assert.equal((await run(step)).state, "done");
  }));

Deno.test("a file that others made is replaced by --force alone", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const book = step.outputs.book as string;
    await Deno.mkdir(dirname(book), { recursive: true });
    await Deno.writeTextFile(book, "a note of mine");
    const refusal =
      /draw: somebody else made ".*draw\.txt"; .*--force to replace it$/;
    await assert.rejects(run(step), refusal);
    await assert.rejects(run(step, undefined, { dryRun: true }), refusal);
    assert.equal(await Deno.readTextFile(book), "a note of mine");
    await run(step, undefined, { force: true });
    assert.equal(await Deno.readTextFile(book), "AB");
  }));

Deno.test("a stage that was killed after its output may write it again", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const dies: Stage = {
      ...step.stage,
      async run(context) {
        await step.stage.run(context);
        throw new Error("Killed before the ledger");
      },
    };
    await assert.rejects(run({ ...step, stage: dies }), /Killed/);
    assert.match((await run(step)).why!, /changed since it was made$/);
    assert.equal((await run(step)).state, "done");
  }));

Deno.test("a stage that failed does not own what others put in its place", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const book = step.outputs.book as string;
    const fails: Stage = {
      ...step.stage,
      run: () => Promise.reject(new Error("Failed before its output")),
    };
    await assert.rejects(run({ ...step, stage: fails }), /Failed/);
    await Deno.writeTextFile(book, "a note of mine");
    await assert.rejects(run(step), /somebody else made ".*draw\.txt"/);
    await Deno.remove(book);
    assert.equal((await run(step)).state, "ran");
  }));

Deno.test("a finished run sweeps what one left that was killed at its end", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    let scratch = "";
    const leaves: Stage = {
      ...step.stage,
      run(context) {
        scratch = context.scratch("state");
        return step.stage.run(context);
      },
    };
    await run({ ...step, stage: leaves });
    const lock = `${dirname(dirname(scratch))}/draw.txt.lock`;
    const leave = async () => {
      await Deno.mkdir(dirname(scratch));
      await Deno.writeTextFile(scratch, "state");
      await Deno.writeTextFile(lock, "");
    };
    await leave();
    assert.equal((await run(step)).state, "done");
    for (const path of [dirname(scratch), lock]) {
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    }
    await leave();
    const held = await Deno.open(lock, { write: true });
    assert.equal(await held.tryLock(true), true);
    assert.equal((await run(step)).state, "done");
    assert.equal(await Deno.readTextFile(scratch), "state");
    held.close();
  }));

Deno.test("a share that others are waited for leaves outputs unwritten", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const share = (rank: number) => run(step, { rank, world: 2 });
    const first = await share(0);
    assert.deepEqual([first.state, first.summary], ["ran its share", {
      drawn: 1,
    }]);
    await assert.rejects(Deno.stat(step.outputs.book as string));
    assert.equal((await share(1)).state, "ran");
    assert.equal((await share(0)).state, "done");
  }));

Deno.test("--force of one share leaves what others have done", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const share = (rank: number) =>
      run(step, { rank, world: 3 }, { force: true });
    await share(0);
    assert.equal((await share(1)).state, "ran its share");
    const place = join(folder, "runs/p/.spherear");
    const [scratch] = [...Deno.readDirSync(place)]
      .filter(({ isDirectory }) => isDirectory);
    const left = [...Deno.readDirSync(join(place, scratch!.name))];
    assert.deepEqual(left.map(({ name }) => name).sort(), ["0", "1"]);
    assert.equal((await share(2)).state, "ran");
  }));

Deno.test("shares that go to a pipe are refused", () =>
  inFolder(async (folder) => {
    const step = await planned(folder, "[stages.draw]");
    const piped = { ...step, outputs: { book: new WritableStream() } };
    const work = run(piped, { rank: 0, world: 2 });
    await assert.rejects(work, /goes to a pipe, expected files/);
  }));
