import assert from "node:assert/strict";
import { relative } from "node:path";
import type { PlannedModel } from "../../../../../lib/engine/onnx/model.ts";
import { externalDataRoot } from "../../../../../lib/engine/onnx/runtime/backend.ts";
import { ConstantStore } from "../../../../../lib/engine/onnx/weights/store.ts";
import { inFolder } from "../../../artifact/_bytes.ts";

const LENGTH = 2 ** 20;

/** A model of one constant that fills a file; `made` counts how often. */
function modelOf(
  { key, isStored, fill }: { key: string; isStored: boolean; fill: number },
  made: string[],
): PlannedModel {
  const data = {
    key,
    isStored,
    length: LENGTH,
    weightBytes: LENGTH,
    make() {
      made.push(key);
      return Promise.resolve(new Uint8Array(LENGTH).fill(fill));
    },
  };
  const value = { type: "f32", shape: [LENGTH / 4] } as const;
  return {
    name: "model",
    nodes: [],
    initializers: [{ name: "w", ...value, data }],
    inputs: [],
    outputs: [{ name: "w", ...value }],
  };
}

const STORED = { key: "weights 1", isStored: true, fill: 7 };

Deno.test("store() makes the constants of stored weights once for all processes", async () => {
  await inFolder(async (folder) => {
    const made: string[] = [];
    for (let process = 0; process < 2; process++) {
      const store = new ConstantStore(`${folder}/cache`);
      const [first, second] = [
        await store.store(modelOf(STORED, made)),
        await store.store(modelOf(STORED, made)),
      ];
      assert.equal(first.files[0]!.path, second.files[0]!.path);
      const bytes = await Deno.readFile(first.files[0]!.path);
      assert.deepEqual([bytes.length, bytes[LENGTH - 1]], [LENGTH, 7]);
      await store.close();
    }
    assert.deepEqual(made, ["weights 1"]);
  });
});

Deno.test("store() makes a constant again whose file was cut", async () => {
  await inFolder(async (folder) => {
    const made: string[] = [];
    const [file] = (await new ConstantStore(folder)
      .store(modelOf(STORED, made))).files;
    await Deno.truncate(file!.path, LENGTH - 1);
    await new ConstantStore(folder).store(modelOf(STORED, made));
    assert.equal(made.length, 2);
    assert.equal((await Deno.stat(file!.path)).size, LENGTH);
  });
});

Deno.test("store() keeps constants of this process out of the cache", async () => {
  await inFolder(async (folder) => {
    const store = new ConstantStore(folder);
    const own = { ...STORED, key: "memory 0", isStored: false };
    const { files: [file] } = await store.store(modelOf(own, []));
    assert.equal((await Deno.stat(file!.path)).size, LENGTH);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await store.close();
    await assert.rejects(Deno.stat(file!.path), Deno.errors.NotFound);
  });
});

Deno.test("store() does without a cache that cannot be written", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/taken`, "no folder");
    const store = new ConstantStore(`${folder}/taken`);
    const { files: [file] } = await store.store(modelOf(STORED, []));
    assert.equal((await Deno.stat(file!.path)).size, LENGTH);
    await store.close();
    await assert.rejects(Deno.stat(file!.path), Deno.errors.NotFound);
  });
});

Deno.test("store() tells where no temporary file can be written", async () => {
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", "/dev/null/none");
  try {
    const store = new ConstantStore(undefined);
    await assert.rejects(store.store(modelOf(STORED, [])), {
      name: "EngineError",
      message: /^Cannot write \d+ bytes of weights to the temporary folder/,
    });
    await store.close();
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
  }
});

Deno.test("store() refers to files by their path below the root", async () => {
  await inFolder(async (folder) => {
    const store = new ConstantStore(folder);
    const { model, files } = await store.store(modelOf(STORED, []));
    const text = new TextDecoder("latin1").decode(model);
    assert.ok(text.includes(relative(externalDataRoot(), files[0]!.path)));
    assert.ok(model.length < 1000, `${model.length} bytes`);
  });
});

Deno.test("store() keeps small constants in the model", async () => {
  const data = new Uint8Array(4);
  const value = { name: "w", type: "f32", shape: [1] } as const;
  const { files, model } = await new ConstantStore(undefined).store({
    name: "model",
    nodes: [],
    initializers: [{ ...value, data }],
    inputs: [],
    outputs: [value],
  });
  assert.deepEqual(files, []);
  assert.ok(model.length > 0);
});
