import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { digestFile } from "../../../lib/artifact/mod.ts";
import {
  openWeights,
  type StoredTensor,
  type WeightSet,
  writeTorch,
} from "../../../lib/interop/mod.ts";
import { sizeOf } from "../../../lib/tensor/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

/** A set whose tensors count 0, 1, 2, ... in the order of their indices. */
function counting(
  shapes: Readonly<Record<string, readonly number[]>>,
): WeightSet {
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const tensor: StoredTensor = { dtype: "F32", shape };
      return [name, tensor];
    }),
  );
  return {
    tensors,
    readRows(name, { start, count }) {
      const inner = sizeOf(shapes[name]!.slice(1));
      const rows = Float32Array.from(
        { length: count * inner },
        (_, i) => start * inner + i,
      );
      return Promise.resolve(new Uint8Array(rows.buffer));
    },
  };
}

const SHAPES = {
  "conv.weight": [4, 3, 2, 5],
  "linear.weight": [3, 7],
  "é": [2],
  scalar: [],
  empty: [0, 4, 1, 1],
  // Two pieces of 8 MiB and a rest.
  long: [5, 1_000_000],
  "long conv": [5, 1000, 10, 100],
};

Deno.test("writeTorch() writes what openWeights() reads, bit for bit", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.pt");
    const set = counting(SHAPES);
    await writeTorch(path, { model: set, ema: counting({ one: [1] }) });
    const file = await openWeights(path);
    assert.deepEqual([...file.sets.keys()], ["model", "ema"]);
    const model = file.sets.get("model")!;
    assert.deepEqual(model.tensors, set.tensors);
    for (const [name, { shape }] of set.tensors) {
      const all = { start: 0, count: shape[0] ?? 1 };
      const found = await model.readRows(name, all);
      const expected = await set.readRows(name, all);
      assert.ok(Buffer.from(found).equals(Buffer.from(expected)), name);
    }
    file.close();
  });
});

Deno.test("writeTorch() writes equal bytes for equal weights, on aligned places", async () => {
  await inFolder(async (folder) => {
    const { scalar, "conv.weight": conv } = SHAPES;
    const digests: string[] = [];
    for (const name of ["1", "2"]) {
      await Deno.mkdir(join(folder, name));
      const path = join(folder, name, "a.pt");
      await writeTorch(path, { model: counting({ scalar, conv }) });
      digests.push(await digestFile(path));
    }
    assert.equal(digests[0], digests[1]);
    const bytes = await Deno.readFile(join(folder, "1", "a.pt"));
    const name = new TextEncoder().encode("a/data/1");
    const at = bytes.findIndex((_, i) =>
      name.every((byte, j) => bytes[i + j] === byte)
    );
    const extra = new DataView(bytes.buffer).getUint16(at - 2, true);
    assert.equal((at + name.length + extra) % 64, 0);
    // Channels-last: the second number is of the next channel.
    const stored = new Float32Array(bytes.buffer, at + name.length + extra, 3);
    assert.deepEqual([...stored], [0, 10, 20]);
  });
});

Deno.test("writeTorch() leaves nothing where a set cannot be read", async () => {
  await inFolder(async (folder) => {
    const set = counting({ one: [1] });
    const broken = {
      ...set,
      readRows: () => Promise.reject(new Error("Gone")),
    };
    const path = join(folder, "a.pt");
    await assert.rejects(writeTorch(path, { model: broken }), /Gone/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    const bytes = { dtype: "U32", shape: [1] } as const;
    const other = { ...set, tensors: new Map([["one", bytes]]) };
    await assert.rejects(
      writeTorch(path, { model: other }),
      /^TypeError: Cannot write U32 to a checkpoint$/,
    );
  });
});
