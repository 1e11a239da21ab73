import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ARTIFACT_NAME,
  createSharded,
  FormatError,
  openArtifact,
  openSafetensors,
  shardName,
  writeArtifact,
  writeSafetensors,
} from "../../../lib/artifact/mod.ts";
import { Ledger } from "../../../lib/pipeline/mod.ts";
import { hostTensor } from "../../../lib/tensor/host_tensor.ts";
import { inFolder } from "./_bytes.ts";

/** Entries of the first axis in each shard; one shard holds none. */
const ROWS = [3, 0, 1, 4];
const IMAGES = 8;

/** Element i of row r of `a` [8, 2, 3] is 10 r + i. */
function numbersOf(start: number, count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: count * 6 },
    (_, i) => 10 * (start + Math.floor(i / 6)) + i % 6,
  );
}

/** Writes a folder of four shards; gives its path. */
async function writeFolder(folder: string): Promise<string> {
  const path = join(folder, "cut");
  const writer = await createSharded(`${path}/`, {
    kind: "metrics",
    tensors: { labels: hostTensor("i32", [2], Int32Array.of(5, 6)) },
    config: { name: "eight" },
  });
  let start = 0;
  for (const [shard, count] of ROWS.entries()) {
    const file = join(folder, `piece-${shard}.safetensors`);
    const tensors = {
      a: hostTensor("f32", [count, 2, 3], numbersOf(start, count)),
      b: hostTensor("u8", [count], new Uint8Array(count).fill(shard)),
    };
    await writeArtifact(file, { kind: "shard", tensors, config: {} });
    await writer.add(file);
    start += count;
  }
  await writer.commit();
  return path;
}

Deno.test("openArtifact() reads a folder of shards as one artifact", () =>
  inFolder(async (folder) => {
    const path = await writeFolder(folder);
    const reader = await openArtifact(path, "metrics");
    assert.equal(reader.name, path);
    assert.deepEqual(reader.config, { name: "eight" });
    assert.deepEqual(reader.tensors.get("a")!.shape, [8, 2, 3]);
    const whole = await reader.read("a");
    assert.deepEqual(whole.shape, [8, 2, 3]);
    assert.deepEqual(whole.data, numbersOf(0, 8));
    assert.deepEqual(
      (await reader.read("b")).data,
      Uint8Array.of(0, 0, 0, 2, 3, 3, 3, 3),
    );
    assert.deepEqual((await reader.read("labels")).data, Int32Array.of(5, 6));
    assert.deepEqual([...(await reader.readAll()).keys()], [
      "labels",
      "a",
      "b",
    ]);
    reader.close();
  }));

Deno.test("rows of every range are read across shards, axes taken as one too", () =>
  inFolder(async (folder) => {
    const reader = await openSafetensors(await writeFolder(folder));
    const all = numbersOf(0, IMAGES);
    for (const [axes, size] of [[1, 6], [2, 3], [3, 1]] as const) {
      const total = all.length / size;
      for (let start = 0; start <= total; start++) {
        for (const count of [0, 1, 2, 7, total - start]) {
          if (start + count > total) continue;
          const { data } = await reader.readRows("a", { start, count, axes });
          const expected = all.subarray(start * size, (start + count) * size);
          assert.deepEqual(data, expected.slice(), `${axes} ${start} ${count}`);
        }
      }
      const over = { start: total - 1, count: 2, axes };
      await assert.rejects(reader.readRows("a", over), /it has \d+$/);
    }
    const bytes = await reader.readBytes("a", { start: 2, count: 2 });
    assert.deepEqual(new Float32Array(bytes.buffer), numbersOf(2, 2));
    await assert.rejects(
      reader.readRows("a", { start: 0, count: 1, axes: 4 }),
      /rows of 4 axes of "a": it has 3/,
    );
    await assert.rejects(reader.read("c"), /Cannot find tensor "c"/);
    reader.close();
  }));

Deno.test("a folder's digest is that of its files, as the ledger has it", () =>
  inFolder(async (folder) => {
    const path = await writeFolder(folder);
    const reader = await openSafetensors(path);
    const ledger = await Ledger.open(undefined);
    assert.equal(await reader.digest(), await ledger.digest(path));
    reader.close();
  }));

Deno.test("a shard that is missing or not as the artifact says is named", () =>
  inFolder(async (folder) => {
    const path = await writeFolder(folder);
    const third = join(path, shardName(2));
    const good = await Deno.readFile(third);
    const read = async () => {
      const reader = await openSafetensors(path);
      try {
        // Others are read all the same.
        await reader.readRows("a", { start: 0, count: 3 });
        await reader.readRows("a", { start: 3, count: 2 });
      } finally {
        reader.close();
      }
    };
    await read();
    const a = hostTensor("f32", [1, 2, 3], numbersOf(0, 1));
    const b = hostTensor("u8", [1], Uint8Array.of(1));
    const lies = [
      [
        { a: hostTensor("f32", [2, 2, 3], numbersOf(0, 2)), b },
        /"a": expected F32 \[1, 2, 3\], found F32 \[2, 2, 3\]/,
      ],
      [{ a: hostTensor("i32", [1, 2, 3], new Int32Array(6)), b }, /found I32/],
      [{ a }, /tensor "b": expected U8 \[1\], found none/],
      [{ a, b, c: b }, /tensor "c": expected none, found U8 \[1\]/],
    ] as const;
    for (const [tensors, message] of lies) {
      // A file of its own: the shard is a link to what it was made of.
      await Deno.remove(third);
      await writeSafetensors(third, { tensors });
      const error = await read().then(() => undefined, (error) => error);
      assert.ok(error instanceof FormatError, `${error}`);
      assert.equal(error.file, third);
      assert.match(error.message, message);
    }
    await Deno.writeFile(third, good.subarray(0, good.length - 1));
    await assert.rejects(read(), /shard-00002.*DataTruncated/);
    await Deno.remove(third);
    await assert.rejects(
      read(),
      /expected 4 shards, "shard-00002\.safetensors" is missing/,
    );
  }));

/** What an index may not say, and how that is refused. */
const INDICES = [
  ["[]", /expected an object/],
  ["{", /metadata "shards"/],
  ['{"a":1}', /tensor "a": expected an object/],
  ['{"a":{"dtype":"F31","shape":[],"rows":[1]}}', /element type, found "F31"/],
  ['{"a":{"dtype":"F32","shape":[-1],"rows":[1]}}', /expected a shape/],
  ['{"a":{"dtype":"F32","shape":[0.5],"rows":[1]}}', /expected a shape/],
  ['{"a":{"dtype":"F32","shape":[],"rows":1}}', /expected rows/],
  [
    '{"a":{"dtype":"F32","shape":[9007199254740991],"rows":[9007199254740991]}}',
    /more numbers than can be counted/,
  ],
  [
    '{"a":{"dtype":"F32","shape":[],"rows":[1]},"b":{"dtype":"F32","shape":[],"rows":[1,2]}}',
    /as many shards of each/,
  ],
  [
    '{"w":{"dtype":"F32","shape":[],"rows":[1]}}',
    /"w" is whole, and in shards/,
  ],
  [
    `{"a":{"dtype":"F32","shape":[],"rows":[${Array(500).fill(1)}]}}`,
    /expected 500 shards, "shard-00000\.safetensors" is missing/,
  ],
] as const;

Deno.test("a hostile index is refused by name, before anything is made for it", () =>
  inFolder(async (folder) => {
    const path = join(folder, ARTIFACT_NAME);
    const w = hostTensor("u8", [1], Uint8Array.of(1));
    for (const [shards, message] of INDICES) {
      await writeSafetensors(path, { tensors: { w }, metadata: { shards } });
      const error = await openSafetensors(folder).catch((error) => error);
      assert.ok(error instanceof FormatError, shards);
      assert.equal(error.file, path);
      assert.match(error.message, message);
    }
    // Rows that no memory holds: the shard is asked before they are made.
    const rows = '{"a":{"dtype":"F32","shape":[],"rows":[1e14,1e14]}}';
    await writeSafetensors(path, { tensors: {}, metadata: { shards: rows } });
    for (const shard of [0, 1]) {
      const a = hostTensor("f32", [1], Float32Array.of(1));
      await writeSafetensors(join(folder, shardName(shard)), {
        tensors: { a },
      });
    }
    const reader = await openSafetensors(folder);
    await assert.rejects(reader.read("a"), /expected F32 \[100000000000000\]/);
    reader.close();
  }));

Deno.test("the artifact of a folder of shards is not taken without them", () =>
  inFolder(async (folder) => {
    const path = await writeFolder(folder);
    await assert.rejects(
      openArtifact(join(path, ARTIFACT_NAME)),
      /its rows lie in shards beside it: give the folder, ".*cut\/"$/,
    );
    await Deno.mkdir(join(folder, "other"));
    await assert.rejects(
      openArtifact(join(folder, "other")),
      /expected a file "artifact\.safetensors" or "model\.safetensors\.index\.json" in it/,
    );
  }));
