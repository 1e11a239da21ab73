import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { memorySource } from "../../../lib/artifact/mod.ts";
import { CheckpointError, rowPieces } from "../../../lib/interop/mod.ts";
import { ZipArchive } from "../../../lib/interop/zip/archive.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { joined, openBytes, type TestEntry, zipOf } from "./_archives.ts";

const FILES_PER_TEST = 5_000;

type Bytes = Uint8Array<ArrayBuffer>;

/** Ways to spoil bytes, by random draws. */
const MUTATIONS: readonly ((bytes: Bytes, draws: RandomStream) => Bytes)[] = [
  (bytes, draws) => {
    bytes[draws.integer(bytes.length)]! ^= 1 << draws.integer(8);
    return bytes;
  },
  (bytes, draws) => {
    bytes[draws.integer(bytes.length)] = draws.integer(256);
    return bytes;
  },
  (bytes, draws) => {
    const extremes = [0, 0xff, 0x7f, 0x80];
    const at = draws.integer(bytes.length);
    bytes.fill(extremes[draws.integer(4)]!, at, at + 1 + draws.integer(8));
    return bytes;
  },
  (bytes, draws) => bytes.slice(0, draws.integer(bytes.length)),
  (bytes, draws) => {
    const [at, count] = [draws.integer(bytes.length), draws.integer(40)];
    return joined(bytes.subarray(0, at), bytes.subarray(at + count));
  },
  (bytes, draws) => {
    const [at, to] = [0, 1].map(() => draws.integer(bytes.length));
    const copy = bytes.subarray(at, at! + draws.integer(200));
    return joined(bytes.subarray(0, to), copy, bytes.subarray(to));
  },
];

function spoiled(whole: Bytes, draws: RandomStream): Bytes {
  let bytes = whole.slice();
  for (let left = 1 + draws.integer(3); left > 0 && bytes.length > 0; left--) {
    bytes = MUTATIONS[draws.integer(MUTATIONS.length)]!(bytes, draws);
  }
  return bytes;
}

/** Every tensor's bytes as a digest, or the refusal. */
async function outcome(
  bytes: Bytes,
): Promise<ReadonlyMap<string, string> | CheckpointError> {
  try {
    const { sets } = await openBytes(bytes);
    const found = new Map<string, string>();
    for (const [setName, set] of sets) {
      for (const [name, info] of set.tensors) {
        const hash = createHash("sha256").update(JSON.stringify(info));
        for (const rows of rowPieces(info)) {
          hash.update(await set.readRows(name, rows));
        }
        found.set(`${setName}/${name}`, hash.digest("hex"));
      }
    }
    return found;
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
}

function assertOneLine({ message }: CheckpointError): void {
  assert.match(message, /^Cannot read "test\.pt": [^\n]{1,600}$/);
}

async function recorded(protocol: number): Promise<Bytes> {
  const path = join(import.meta.dirname!, `protocol${protocol}.pt`);
  return await Deno.readFile(path);
}

Deno.test("openTorch() refuses spoiled files cleanly or reads the right tensors", async () => {
  const wholes = [await recorded(2), await recorded(5)];
  const right = await outcome(wholes[0]!);
  assert.ok(right instanceof Map);
  assert.deepEqual(await outcome(wholes[1]!), right);
  let refused = 0;
  for (let index = 0; index < FILES_PER_TEST; index++) {
    const draws = new RandomStream({ seed: 1, stream: "files", row: index });
    const found = await outcome(spoiled(wholes[index % 2]!, draws));
    if (found instanceof CheckpointError) {
      refused++;
      assertOneLine(found);
    } else assert.deepEqual(found, right, `file ${index}`);
  }
  assert.ok(refused > FILES_PER_TEST / 2, `${refused}`);
  assert.ok(refused < FILES_PER_TEST, `${refused}`);
});

/** The entries of a checkpoint, so that checksums can be made to fit again. */
async function entriesOf(bytes: Bytes): Promise<TestEntry[]> {
  const zip = await ZipArchive.open(memorySource("test.pt", bytes));
  const entries: TestEntry[] = [];
  for (const [name, entry] of zip.entries) {
    entries.push({ name, data: await zip.read(entry) });
  }
  return entries;
}

Deno.test("openTorch() refuses spoiled pickles cleanly or reads tensors that fit", async () => {
  const archives = [
    await entriesOf(await recorded(2)),
    await entriesOf(await recorded(5)),
  ];
  let refused = 0;
  for (let index = 0; index < FILES_PER_TEST; index++) {
    const draws = new RandomStream({ seed: 2, stream: "pickles", row: index });
    const entries = archives[index % 2]!.map((entry) =>
      entry.name.endsWith("/data.pkl")
        ? { ...entry, data: spoiled(entry.data as Bytes, draws) }
        : entry
    );
    // Reading checks that each tensor lies inside its storage.
    const found = await outcome(zipOf(entries));
    if (!(found instanceof CheckpointError)) continue;
    refused++;
    assertOneLine(found);
  }
  assert.ok(refused > FILES_PER_TEST / 2, `${refused}`);
  assert.ok(refused < FILES_PER_TEST, `${refused}`);
});
