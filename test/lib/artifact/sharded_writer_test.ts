import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ArtifactContents,
  createArtifact,
  createSharded,
  openArtifact,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../lib/tensor/host_tensor.ts";
import { inFolder } from "./_bytes.ts";

const EMPTY: ArtifactContents = { kind: "metrics", tensors: {}, config: {} };

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function writePiece(path: string, rows: number, width = 2) {
  const mu = hostTensor("f32", [rows, width], new Float32Array(rows * width));
  const tensors = { mu };
  await writeArtifact(path, { kind: "shard", tensors, config: {} });
}

Deno.test("createSharded() links finished files and shows all of them at once", () =>
  inFolder(async (folder) => {
    const piece = join(folder, "piece.safetensors");
    await writePiece(piece, 3);
    const place = join(folder, "cut");
    const writer = await createSharded(`${place}/`, EMPTY);
    await writer.add(piece);
    await assert.rejects(Deno.stat(place), Deno.errors.NotFound);
    await writer.commit();
    const names = ["artifact.safetensors", "shard-00000.safetensors"];
    assert.deepEqual(namesIn(place), names);
    const shard = await Deno.stat(join(place, "shard-00000.safetensors"));
    assert.equal(shard.ino, (await Deno.stat(piece)).ino);
    // It survives what it was made of, and goes when another takes its place.
    await Deno.remove(piece);
    const reader = await openArtifact(place);
    assert.equal((await reader.read("mu")).data.length, 6);
    reader.close();
    await writeArtifact(place, EMPTY);
    assert.deepEqual(namesIn(place), ["artifact.safetensors"]);
    assert.deepEqual(namesIn(folder), ["cut"]);
  }));

Deno.test("createSharded() refuses files that do not go together", () =>
  inFolder(async (folder) => {
    const piece = join(folder, "piece.safetensors");
    const other = join(folder, "other.safetensors");
    await writePiece(piece, 3);
    await writePiece(other, 3, 4);
    const writer = await createSharded(join(folder, "cut"), EMPTY);
    await writer.add(piece);
    await assert.rejects(
      writer.add(other),
      /other\.safetensors.*"mu": expected F32 \[rows, 2\], found F32 \[3,4\]/,
    );
    await writer.abort();
    // What the kind asks for is asked of all files together.
    const unfit = await createSharded(join(folder, "cut"), {
      ...EMPTY,
      kind: "tokens",
    });
    await unfit.add(piece);
    await assert.rejects(unfit.commit(), /tensor "tokens": .*found none/);
    const left = ["other.safetensors", "piece.safetensors"];
    assert.deepEqual(namesIn(folder), left);
  }));

Deno.test("an artifact goes into a folder by its path, or since one is there", () =>
  inFolder(async (folder) => {
    const place = join(folder, "a/whole");
    await writeArtifact(`${place}/`, EMPTY);
    const tensors = { n: hostTensor("u8", [2], Uint8Array.of(1, 2)) };
    const writer = await createArtifact(place, { ...EMPTY, tensors });
    await writer.writeRows("n", { start: 0, data: Uint8Array.of(1, 2) });
    await writer.commit();
    assert.deepEqual(namesIn(place), ["artifact.safetensors"]);
    const reader = await openArtifact(place);
    assert.deepEqual((await reader.read("n")).data, Uint8Array.of(1, 2));
    reader.close();
    const cut = await createArtifact(place, { ...EMPTY, tensors });
    await cut.abort();
    assert.deepEqual(namesIn(join(folder, "a")), ["whole"]);
    await Deno.writeTextFile(join(place, "letter.txt"), "dear");
    await assert.rejects(
      writeArtifact(place, EMPTY),
      /whole": expected an empty or new folder, found "letter\.txt" in it/,
    );
    await writeArtifact(join(folder, "file"), EMPTY);
    await assert.rejects(
      writeArtifact(join(folder, "file/"), EMPTY),
      /file": a file has that name$/,
    );
  }));
