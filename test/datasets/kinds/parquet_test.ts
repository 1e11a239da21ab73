import assert from "node:assert/strict";
import { join } from "node:path";
import {
  datasetFingerprint,
  openDataset,
  openEncoded,
} from "../../../datasets/mod.ts";
import { inFolder } from "../../lib/artifact/_bytes.ts";

const FILES = join(import.meta.dirname!, "../../lib/container/parquet");

function copy(name: string, to: string): Promise<void> {
  return Deno.copyFile(join(FILES, `${name}.parquet`), to);
}

Deno.test("parquet: has rows with labels, in order, and the Hub's names", () =>
  inFolder(async (folder) => {
    await copy("snappy", join(folder, "train-00000.parquet"));
    await copy("zstd", join(folder, "train-00001.parquet"));
    for (const path of [".", "train-{00000..00001}.parquet"]) {
      const set = await openEncoded(`parquet:${join(folder, path)}`);
      const names = set.classes.map(({ name }) => name);
      assert.deepEqual(names, ["cat", "dog", "owl"]);
      const found = [...Array(set.count).keys()].map((i) => [
        set.id(i),
        set.label(i),
      ]);
      const rows = [[0, 2], [1, 0], [2, 1], [4, 2], [5, 2]];
      assert.deepEqual(
        found,
        [0, 1].flatMap((file) =>
          rows.map(([row, label]) => [`train-0000${file}/${row}`, label])
        ),
      );
      assert.match(set.skipped!, /^4 x row without a label \("train-00000\/3"/);
      assert.equal(set.place(0), undefined);
      assert.deepEqual(await set.bytes(8), await set.bytes(3));
      const missing = set.bytes(9);
      await assert.rejects(missing, /00001\.parquet: row 5": .*, found none$/);
      set.close();
    }
  }));

Deno.test("parquet: is decoded as any dataset, broken rows left out if asked", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.parquet");
    await copy("plain", path);
    const options = {
      heldout: 0,
      splitBy: "content",
      skipBroken: true,
    } as const;
    const dataset = await openDataset(`parquet:${path}`, options);
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["0", "1", "2"]);
    assert.match(
      dataset.skipped!,
      /; 1 broken picture: ".*a\.parquet: row \d+"$/,
    );
    const load = dataset.load({ split: "train", size: 8 });
    const items = await Array.fromAsync(load);
    assert.deepEqual(
      items.map(({ label, picture }) => [label, picture.data[0]]),
      [
        [2, 0],
        [0, 30],
        [1, 60],
        [2, 120],
      ],
    );
  }));

Deno.test("parquet: refuses files without the columns, or of other classes", () =>
  inFolder(async (folder) => {
    await copy("snappy", join(folder, "a.parquet"));
    await copy("plain", join(folder, "b.parquet"));
    const both = openEncoded(`parquet:${folder}`);
    await assert.rejects(
      both,
      /b\.parquet" as .* expected the classes of ".*a\.p/,
    );
    const text = new TextDecoder("latin1")
      .decode(await Deno.readFile(join(FILES, "plain.parquet")));
    const renamed = text.replaceAll("label", "l4bel");
    const other = join(folder, "c.parquet");
    const bytes = Uint8Array.from(renamed, (letter) => letter.charCodeAt(0));
    // Windows-1252, as the decoder has it, differs from bytes in 0x80 to 0x9f.
    const whole = await Deno.readFile(join(FILES, "plain.parquet"));
    for (const [i, letter] of [...renamed].entries()) {
      if (letter.charCodeAt(0) > 255) bytes[i] = whole[i]!;
    }
    await Deno.writeFile(other, bytes);
    await assert.rejects(openEncoded(`parquet:${other}`), {
      name: "UserError",
      message: /expected a column label, found "image\.bytes, .*, l4bel"$/,
    });
  }));

Deno.test("datasetFingerprint() of parquet: tells its files", () =>
  inFolder(async (folder) => {
    await copy("snappy", join(folder, "a.parquet"));
    const name = `parquet:${folder}`;
    const before = await datasetFingerprint(name);
    assert.equal(await datasetFingerprint(name), before);
    await copy("gzip", join(folder, "a.parquet"));
    assert.notEqual(await datasetFingerprint(name), before);
  }));
