import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openWeights,
  toFloat32,
  type WeightSet,
} from "../../../lib/interop/mod.ts";
import { sizeOf } from "../../../lib/tensor/mod.ts";
import {
  assemble,
  checkpointOf,
  floats,
  int,
  modelOf,
  openBytes,
  storage,
  tensor,
  text,
  zipOf,
} from "./_archives.ts";
import { assertRefused } from "./_refusals.ts";

const INTEGERS = {
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** All numbers of a tensor, read some rows at a time. */
async function numbersOf(
  set: WeightSet,
  name: string,
  { rowsAtOnce = 1000 }: { readonly rowsAtOnce?: number } = {},
): Promise<number[]> {
  const { dtype, shape } = set.tensors.get(name)!;
  const [total = 1] = shape;
  const all: number[] = [];
  for (let start = 0; start < total; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, total - start);
    const bytes = await set.readRows(name, { start, count });
    const values = dtype in INTEGERS
      ? new INTEGERS[dtype as keyof typeof INTEGERS](bytes.buffer)
      : toFloat32(bytes, dtype);
    all.push(...Array.from(values as ArrayLike<number | bigint>, Number));
  }
  return all;
}

for (const protocol of [2, 5]) {
  Deno.test(`openTorch() reads what PyTorch saved with protocol ${protocol}`, async () => {
    const path = join(import.meta.dirname!, `protocol${protocol}.pt`);
    const file = await openWeights(path);
    assert.deepEqual([...file.sets.keys()], ["model", "ema"]);
    const model = file.sets.get("model")!;
    assert.equal(model.tensors.size, 23);
    const dtypes = new Set<string>();
    for (const [name, { dtype, shape }] of model.tensors) {
      dtypes.add(dtype);
      const counting = Array.from({ length: sizeOf(shape) }, (_, i) => i);
      assert.deepEqual(await numbersOf(model, name), counting, name);
      const one = await numbersOf(model, name, { rowsAtOnce: 1 });
      assert.deepEqual(one, counting, name);
    }
    assert.equal(dtypes.size, 10);
    assert.deepEqual(model.tensors.get("0.weight"), {
      dtype: "F32",
      shape: [4, 3, 2, 2],
    });
    file.close();
  });
}

const FOUR = floats(0, 1, 2, 3);

Deno.test("openTorch() takes a dictionary of tensors itself as the model", async () => {
  const view = tensor(storage("0", int(4)), { shape: [2], strides: [2] });
  const pickle = assemble("}", text("w"), view, "s");
  const { sets } = await openBytes(checkpointOf(pickle, { 0: FOUR }));
  assert.deepEqual(await numbersOf(sets.get("model")!, "w"), [0, 2]);
});

/** A checkpoint with one tensor. */
function one(
  view: Parameters<typeof tensor>[1],
  { elements = int(4), type = "FloatStorage", data = FOUR, key = "0" } = {},
): Uint8Array<ArrayBuffer> {
  const pickle = modelOf({ w: tensor(storage(key, elements, type), view) });
  return checkpointOf(pickle, { 0: data });
}

const GOOD = { shape: [2, 2], strides: [2, 1] };

/** Checkpoints whose pickle is well formed and whose tensors are not. */
const BAD: Readonly<
  Record<string, readonly [Uint8Array<ArrayBuffer>, RegExp]>
> = {
  "reaches past its storage": [
    one({ ...GOOD, offset: 1 }),
    /tensor "w": sizes \[2,2\].*offset 1 reach outside the storage of 4/,
  ],
  "has a negative size": [
    one({ ...GOOD, shape: [-2, -2] }),
    /sizes with -2, expected whole numbers from 0/,
  ],
  "has a negative stride": [
    one({ ...GOOD, strides: [-2, 1] }),
    /strides with -2/,
  ],
  "has a negative offset": [
    one({ ...GOOD, offset: -1 }),
    /an offset with -1/,
  ],
  "has overlapping strides": [
    one({ ...GOOD, strides: [1, 1] }),
    /let elements overlap/,
  ],
  "has repeated elements": [
    one({ shape: [1000, 1000], strides: [0, 0] }, { elements: int(4) }),
    /sizes \[1000,1000\], strides \[0,0\], offset 0 let elements overlap/,
  ],
  "has more sizes than strides": [
    one({ ...GOOD, strides: [1] }),
    /2 sizes and 1 strides/,
  ],
  "has 17 axes": [
    one({ shape: Array(17).fill(1), strides: Array(17).fill(1) }),
    /no sizes of at most 16 axes/,
  ],
  "says a smaller storage than there is": [
    one({ shape: [1], strides: [1] }, { elements: int(1) }),
    /storage "0" has 16 bytes, expected 4 for 1 elements of F32/,
  ],
  "says a larger storage than there is": [
    one(GOOD, { elements: int(2 ** 31 - 1) }),
    /has 16 bytes, expected 8589934588/,
  ],
  "says a storage of 2^60 elements": [
    one(GOOD, { elements: [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 16] }),
    /a whole number of elements/,
  ],
  "says a negative number of elements": [
    one(GOOD, { elements: int(-4) }),
    /a whole number of elements/,
  ],
  "has another element type": [
    one(GOOD, { type: "DoubleStorage" }),
    /has 16 bytes, expected 32 for 4 elements of F64/,
  ],
  "has a type that is not on the list": [
    one(GOOD, { type: "ComplexFloatStorage" }),
    /asks for "torch\.ComplexFloatStorage"/,
  ],
  "has no storage": [one(GOOD, { key: "7" }), /storage "7" is missing/],
  "has a storage with a path": [
    one(GOOD, { key: "../version" }),
    /storage "\.\.\/version" is missing/,
  ],
};

for (const [what, [bytes, reason]] of Object.entries(BAD)) {
  Deno.test(`openTorch() refuses a tensor that ${what}`, async () => {
    await assertRefused(() => openBytes(bytes), reason);
  });
}

Deno.test("openTorch() refuses archives that are no checkpoints", async () => {
  const model = modelOf({});
  const cases: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [zipOf([]), /a zip archive with 0 folders/],
    [zipOf([{ name: "a/b" }, { name: "c/d" }]), /with 2 folders/],
    [zipOf([{ name: "a/b" }]), /a zip archive without "a\/data\.pkl"/],
    [
      zipOf([
        { name: "x/data.pkl", data: model },
        { name: "x/byteorder", data: "big" },
      ]),
      /"x\/byteorder" says "big", expected little-endian bytes/,
    ],
    [
      zipOf([
        { name: "x/data.pkl", data: model },
        { name: "x/version", data: "new" },
      ]),
      /"x\/version" says "new", expected a format version/,
    ],
    [checkpointOf(assemble("N")), /it holds None, expected a dictionary/],
    [checkpointOf(assemble("}")), /it holds no weights: .* found nothing/],
    [
      checkpointOf(assemble("}", text("state"), "}s")),
      /it holds no weights: expected model or ema, found "state"/,
    ],
    [
      checkpointOf(assemble("}", text("model"), "Ns")),
      /its "model" is None, expected a dictionary/,
    ],
    [
      checkpointOf(modelOf({ w: int(1) })),
      /its "model" holds a number as "w", expected named tensors/,
    ],
  ];
  for (const [bytes, reason] of cases) {
    await assertRefused(() => openBytes(bytes), reason);
  }
});

Deno.test("openTorch() refuses damaged storages when they are read", async () => {
  const bytes = one(GOOD);
  const at = bytes.findIndex((_, i) =>
    FOUR.every((x, j) => bytes[i + j] === x)
  );
  bytes[at]! ^= 1;
  const { sets } = await openBytes(bytes);
  await assertRefused(
    () => numbersOf(sets.get("model")!, "w"),
    /entry "x\/data\/0" is damaged/,
  );
});
