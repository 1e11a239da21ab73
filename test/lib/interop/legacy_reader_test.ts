import assert from "node:assert/strict";
import { join } from "node:path";
import { memorySource } from "../../../lib/artifact/mod.ts";
import { openLegacyTorch } from "../../../lib/interop/legacy_reader.ts";
import {
  CheckpointError,
  toFloat32,
  type WeightFile,
} from "../../../lib/interop/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import {
  assemble,
  floats,
  global,
  int,
  joined,
  little,
  text,
  tuple,
} from "./_archives.ts";
import { assertRefused } from "./_refusals.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = assemble(
  0x8a,
  [10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19],
);
const VERSION = assemble(int(1001));
const MACHINE = assemble("}", text("little_endian"), 0x88, "s");

/** SHORT_BINSTRING, as Python 2 spells text. */
function oldText(value: string): number[] {
  return [0x55, value.length, ...new TextEncoder().encode(value)];
}

/** A storage as files of 2017 have it: with a part of another one, which is None. */
function storage(
  key: string,
  elements: number,
  part: readonly number[] = [0x4e],
): number[] {
  const id = tuple(
    oldText("storage"),
    global("torch", "FloatStorage"),
    oldText(key),
    oldText("cpu"),
    int(elements),
    part,
  );
  return [...id, 0x51];
}

/** A tensor of PyTorch before 0.4: storage, offset, sizes and strides alone. */
function tensor(from: readonly number[], columns: number): number[] {
  const args = tuple(
    from,
    int(0),
    tuple(int(2), int(columns)),
    tuple(int(columns), int(1)),
  );
  return [...global("torch._utils", "_rebuild_tensor"), ...args, 0x52];
}

/** An ordered dictionary as Python 2 makes it: of a list of pairs. */
function ordered(items: Readonly<Record<string, readonly number[]>>): Bytes {
  const pairs = Object.entries(items)
    .map(([name, value]) => [0x5d, 0x28, ...oldText(name), ...value, 0x65]);
  return assemble(
    global("collections", "OrderedDict"),
    tuple([0x5d, 0x28, ...pairs.flat(), 0x65]),
    0x52,
  );
}

function keyList(...keys: readonly string[]): Bytes {
  return assemble("](", keys.flatMap(oldText), "e");
}

/** Values of a storage behind their count. */
function stored(...values: readonly number[]): Bytes {
  return joined(little(values.length, 8), floats(...values));
}

const ROOT = ordered({
  weight: tensor(storage("7", 6), 3),
  bias: tensor(storage("12", 2), 1),
});
const KEYS = keyList("12", "7");
const STORAGES = [stored(8, 9), stored(0, 1, 2, 3, 4, 5)];

/** A file in its parts, some of them others than they should be. */
function fileOf(
  {
    magic = MAGIC,
    version = VERSION,
    machine = MACHINE,
    root = ROOT,
    keys = KEYS,
    storages = STORAGES,
  }: {
    readonly magic?: Bytes;
    readonly version?: Bytes;
    readonly machine?: Bytes;
    readonly root?: Bytes;
    readonly keys?: Bytes;
    readonly storages?: readonly Bytes[];
  } = {},
): Bytes {
  return joined(magic, version, machine, root, keys, ...storages);
}

function open(bytes: Bytes): Promise<WeightFile> {
  return openLegacyTorch(memorySource("test.pt", bytes));
}

async function rowsOf(file: WeightFile, name: string): Promise<number[]> {
  const range = { start: 0, count: 2 };
  const bytes = await file.sets.get("model")!.readRows(name, range);
  return [...toFloat32(bytes, "F32")];
}

Deno.test("openLegacyTorch() reads a file as Python 2 pickled it", async () => {
  const file = await open(fileOf());
  const { tensors } = file.sets.get("model")!;
  assert.deepEqual([...tensors], [
    ["weight", { dtype: "F32", shape: [2, 3] }],
    ["bias", { dtype: "F32", shape: [2, 1] }],
  ]);
  assert.deepEqual(await rowsOf(file, "weight"), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(await rowsOf(file, "bias"), [8, 9]);
});

const REFUSED: Readonly<Record<string, readonly [Bytes, RegExp]>> = {
  "another magic number": [
    fileOf({ magic: assemble(int(7)) }),
    /its magic number is "7"/,
  ],
  "another version": [
    fileOf({ version: assemble(int(1002)) }),
    /its version is "1002", expected 1001/,
  ],
  "big-endian numbers": [
    fileOf({ machine: assemble("}", text("little_endian"), 0x89, "s") }),
    /its little_endian is "false", expected true/,
  ],
  "no facts of the machine": [
    fileOf({ machine: assemble("]") }),
    /its little_endian is missing$/,
  ],
  "a storage of two sizes": [
    fileOf({
      root: ordered({
        a: tensor(storage("7", 6), 3),
        b: tensor(storage("7", 4), 2),
      }),
    }),
    /its storage "7" has two sizes or types/,
  ],
  "a storage that is part of another": [
    fileOf({ root: ordered({ a: tensor(storage("7", 6, int(1)), 3) }) }),
    /a storage is not given as/,
  ],
  "keys that are no list": [
    fileOf({ keys: assemble("}") }),
    /listed by a dictionary, expected a list/,
  ],
  "a key that nothing refers to": [
    fileOf({ keys: keyList("12", "8") }),
    /it lists the storage "8", which is none/,
  ],
  "a key twice": [
    fileOf({ keys: keyList("12", "12") }),
    /it lists the storage "12", which is none of the contents, or twice/,
  ],
  "a key too few": [
    fileOf({ keys: keyList("7"), storages: [STORAGES[1]!] }),
    /tensor "bias": its storage "12" is missing/,
  ],
  "another count in front of a storage": [
    fileOf({
      storages: [stored(8, 9), joined(little(5, 8), floats(1, 2, 3, 4, 5, 6))],
    }),
    /its storage "7" has 5 elements, expected 6/,
  ],
  "bytes behind the last storage": [
    joined(fileOf(), [0]),
    /it has 1 bytes behind its last storage/,
  ],
  "storages that are cut short": [
    fileOf().slice(0, -1),
    /its storage "7" ends outside the file, which may be cut short/,
  ],
  "a pickle that is cut short": [
    joined(MAGIC, VERSION, MACHINE, ROOT.slice(0, -5)),
    /its pickle is refused: at byte \d+: it ends inside/,
  ],
};

for (const [what, [bytes, reason]] of Object.entries(REFUSED)) {
  Deno.test(`openLegacyTorch() refuses ${what}`, async () => {
    await assertRefused(() => open(bytes), reason);
  });
}

Deno.test("openLegacyTorch() refuses spoiled files cleanly or reads what fits", async () => {
  const saved = await Deno.readFile(join(import.meta.dirname!, "legacy.pt"));
  const wholes = [saved, fileOf()];
  let refused = 0;
  const count = 4_000;
  for (let row = 0; row < count; row++) {
    const draws = new RandomStream({ seed: 3, stream: "legacy", row });
    const bytes = wholes[row % 2]!.slice();
    for (let left = 1 + draws.integer(3); left > 0; left--) {
      bytes[draws.integer(bytes.length)] = draws.integer(256);
    }
    const end = draws.integer(8) === 0
      ? draws.integer(bytes.length)
      : bytes.length;
    try {
      const file = await open(bytes.slice(0, end));
      for (const [name, { shape }] of file.sets.get("model")!.tensors) {
        const range = { start: 0, count: shape[0] ?? 1 };
        await file.sets.get("model")!.readRows(name, range);
      }
    } catch (error) {
      assert.ok(error instanceof CheckpointError, `file ${row}: ${error}`);
      assert.match(error.message, /^Cannot read "test\.pt": [^\n]{1,600}$/);
      refused++;
    }
  }
  assert.ok(refused > count / 2 && refused < count, `${refused}`);
});
