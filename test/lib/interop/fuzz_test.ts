import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { CheckpointError, rowPieces } from "../../../lib/interop/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { type Bytes, spoiled } from "../../fuzz/bytes.ts";
import { withSpoiledPickle } from "../../fuzz/targets/checkpoints.ts";
import { entriesOf, openBytes } from "./_archives.ts";

const FILES_PER_TEST = 5_000;

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

Deno.test("openTorch() refuses spoiled pickles cleanly or reads tensors that fit", async () => {
  const archives = [
    await entriesOf(await recorded(2)),
    await entriesOf(await recorded(5)),
  ];
  let refused = 0;
  for (let index = 0; index < FILES_PER_TEST; index++) {
    const draws = new RandomStream({ seed: 2, stream: "pickles", row: index });
    // Reading checks that each tensor lies inside its storage.
    const spoiled = withSpoiledPickle(archives[index % 2]!, draws);
    const found = await outcome(spoiled);
    if (!(found instanceof CheckpointError)) continue;
    refused++;
    assertOneLine(found);
  }
  assert.ok(refused > FILES_PER_TEST / 2, `${refused}`);
  assert.ok(refused < FILES_PER_TEST, `${refused}`);
});
