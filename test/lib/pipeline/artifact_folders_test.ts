import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import {
  openArtifact,
  shardName,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import {
  defineStage,
  parsePipeline,
  planPipeline,
  type RunOptions,
  runPlan,
  type StepResult,
} from "../../../lib/pipeline/mod.ts";
import { hostTensor } from "../../../lib/tensor/host_tensor.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { SILENT_HOST } from "./_silent_host.ts";
import { tally } from "./example_stages.ts";

/** Images of one pixel in pieces of two: shards of a folder, or rows of a file. */
const cut = defineStage({
  name: "cut",
  summary: "Make images in pieces",
  examples: [{ does: "all by default", args: "" }],
  version: 1,
  inputs: {},
  outputs: { images: { kind: "images", help: "grey images" } },
  options: z.object({
    pieces: z.int().min(1).default(3).describe("how many pieces"),
    dies: z.boolean().default(false).describe("stop before the end"),
  }),
  async run({ options: { pieces, dies }, outputs, scratch }) {
    const labels = hostTensor("i32", [2 * pieces], new Int32Array(2 * pieces));
    const pixels = (piece: number) => Uint8Array.of(piece, 0, 0, piece, 1, 1);
    if (!outputs.images.inFolder) {
      const images = new Uint8Array(pieces * 6);
      for (let i = 0; i < pieces; i++) images.set(pixels(i), 6 * i);
      return await outputs.images.write({
        tensors: {
          images: hostTensor("u8", [2 * pieces, 1, 1, 3], images),
          labels,
        },
      });
    }
    const writer = await outputs.images.createShards({ tensors: { labels } });
    for (let piece = 0; piece < pieces; piece++) {
      const file = scratch(`${piece}.safetensors`);
      const images = hostTensor("u8", [2, 1, 1, 3], pixels(piece));
      const tensors = { images };
      await writeArtifact(file, { kind: "shard", tensors, config: {} });
      await writer.add(file);
    }
    if (dies) throw new Error("It dies here");
    await writer.commit();
  },
});

/** Runs a pipeline of both stages with these outputs of the first. */
async function run(
  folder: string,
  { outputs, options, dryRun = false }: {
    readonly outputs?: string;
    readonly options?: string;
    readonly dryRun?: boolean;
  },
  how: RunOptions = {},
): Promise<readonly StepResult[]> {
  const text = `
    folder = "run"
    [stages.cut]
    outputs = { ${outputs ?? 'images = "train/"'} }
    options = { ${options ?? ""} }
    [stages.tally]
    inputs = { images = "cut.images" }
    outputs = { metrics = "count/" }
  `;
  const spec = parsePipeline(text, join(folder, "p.toml"));
  const plan = await planPipeline(
    spec,
    (name) => Promise.resolve(name === "cut" ? cut : tally),
  );
  return await runPlan(plan, SILENT_HOST, { ...how, dryRun });
}

function states(results: readonly StepResult[]): readonly string[] {
  return results.map(({ state, why = "" }) =>
    `${state} ${why.replace(/"\/.*\/(?=\w)/, '"')}`.trim()
  );
}

Deno.test("a folder is an output of a pipeline, and read by its next stage", () =>
  inFolder(async (folder) => {
    const results = await run(folder, {});
    assert.deepEqual(results.map(({ state }) => state), ["ran", "ran"]);
    assert.deepEqual(results[1]!.summary, { images: 6 });
    const place = join(folder, "run/train");
    const reader = await openArtifact(place, "images");
    assert.equal(reader.recipe!.stage, "cut");
    assert.deepEqual(
      await reader.readBytes("images", { start: 3, count: 2 }),
      Uint8Array.of(1, 1, 1, 2, 0, 0),
    );
    reader.close();
    assert.deepEqual(
      [...Deno.readDirSync(join(folder, "run"))].map(({ name }) => name).sort(),
      [".spherear", "count", "train"],
    );
    assert.deepEqual(states(await run(folder, {})), ["done", "done"]);
    // The same place, said in another way.
    const same = { outputs: 'images = "train"' };
    assert.deepEqual(states(await run(folder, same)), ["done", "done"]);
    const planned = await run(folder, { dryRun: true, options: "pieces = 2" });
    assert.deepEqual(states(planned), [
      "would run option pieces 3 is now 2",
      'would run "cut" runs before it',
    ]);
    const fewer = await run(folder, { options: "pieces = 2" });
    assert.deepEqual(states(fewer), [
      "ran option pieces 3 is now 2",
      "ran input images changed",
    ]);
    assert.equal([...Deno.readDirSync(place)].length, 3);
  }));

Deno.test("a byte of a shard that is not as it was is noticed", () =>
  inFolder(async (folder) => {
    await run(folder, {});
    const shard = join(folder, "run/train", shardName(1));
    const good = await Deno.readFile(shard);
    await Deno.writeFile(shard, good.with(good.length - 1, 9));
    const changed = await run(folder, {});
    assert.deepEqual(states(changed), [
      'ran "train/" changed since it was made',
      "done",
    ]);
    assert.deepEqual(await Deno.readFile(shard), good);
    await Deno.remove(shard);
    await assert.rejects(
      run(folder, {}, { keep: true }),
      /Cannot keep the output of cut: ".*train\/" changed since it was made/,
    );
  }));

Deno.test("a folder of somebody else is not replaced", () =>
  inFolder(async (folder) => {
    const place = join(folder, "run/train");
    await Deno.mkdir(place, { recursive: true });
    await Deno.writeTextFile(join(place, "letter.txt"), "dear");
    const theirs = /somebody else made ".*train\/"/;
    await assert.rejects(run(folder, {}), theirs);
    await assert.rejects(run(folder, { dryRun: true }), theirs);
    await assert.rejects(
      run(folder, {}, { force: true }),
      /expected an empty or new folder, found "letter\.txt" in it/,
    );
    assert.equal(await Deno.readTextFile(join(place, "letter.txt")), "dear");
    // Nor one that another stage made, unless it is asked for.
    await Deno.remove(place, { recursive: true });
    const recipe = { stage: "prepare" };
    const tensors = {
      images: hostTensor("u8", [1, 1, 1, 3], new Uint8Array(3)),
      labels: hostTensor("i32", [1], new Int32Array(1)),
    };
    const contents = { kind: "images", tensors, config: {}, recipe } as const;
    await writeArtifact(`${place}/`, contents);
    await assert.rejects(run(folder, {}), /"prepare" made ".*train\/"/);
    const forced = await run(folder, {}, { force: true });
    assert.equal(forced[0]!.state, "ran");
    // An empty one is free.
    await Deno.remove(place, { recursive: true });
    await Deno.mkdir(place);
    assert.equal((await run(folder, {}))[0]!.state, "ran");
  }));

Deno.test("a folder that was being written when a run ended leaves no trace", () =>
  inFolder(async (folder) => {
    await run(folder, {});
    const dying = { options: "pieces = 2, dies = true" };
    await assert.rejects(run(folder, dying), /It dies here/);
    const reader = await openArtifact(join(folder, "run/train"));
    assert.equal(reader.sizes.images, 6);
    reader.close();
  }));

Deno.test("two stages may not have one folder, however it is said", () =>
  inFolder(async (folder) => {
    const text = `
      [stages.a]
      uses = "cut"
      outputs = { images = "same/" }
      [stages.b]
      uses = "cut"
      outputs = { images = "same" }
    `;
    const spec = parsePipeline(text, join(folder, "p.toml"));
    await assert.rejects(
      planPipeline(spec, () => Promise.resolve(cut)),
      /stages\.a\.outputs\.images and stages\.b\.outputs\.images are both/,
    );
  }));

Deno.test("what goes beside a folder has its name", () =>
  inFolder(async (folder) => {
    const beside = defineStage({
      ...cut,
      async run({ outputs }) {
        const slot = outputs.images.beside("half", {
          kind: "file",
          extension: "txt",
        });
        await slot.writeFile("half");
        await assert.rejects(
          outputs.images.beside("x").createShards({ tensors: {} }),
          /in shards: expected a folder/,
        );
        await outputs.images.write({
          tensors: {
            images: hostTensor("u8", [1, 1, 1, 3], new Uint8Array(3)),
            labels: hostTensor("i32", [1], new Int32Array(1)),
          },
        });
      },
    });
    const spec = parsePipeline(
      '[stages.cut]\noutputs = { images = "train/" }',
      join(folder, "p.toml"),
    );
    const plan = await planPipeline(spec, () => Promise.resolve(beside));
    await runPlan(plan, SILENT_HOST);
    const out = plan.folder!;
    assert.equal(await Deno.readTextFile(join(out, "train.half.txt")), "half");
    assert.ok(
      (await Deno.stat(join(out, "train/artifact.safetensors"))).isFile,
    );
  }));
