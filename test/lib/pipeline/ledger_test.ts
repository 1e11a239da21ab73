import assert from "node:assert/strict";
import { join } from "node:path";
import { exists } from "../../../lib/artifact/mod.ts";
import { Ledger } from "../../../lib/pipeline/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

Deno.test("save() keeps what other processes have noted since", () =>
  inFolder(async (folder) => {
    const [a, b] = [await Ledger.open(folder), await Ledger.open(folder)];
    const [page, grid] = [join(folder, "page"), join(folder, "grid")];
    await Deno.writeTextFile(page, "a page");
    a.claim(page, "report");
    await a.record(page);
    await a.save();
    b.claim(grid, "sample");
    await b.save();
    await Deno.writeTextFile(page, "another");
    const later = await Ledger.open(folder);
    assert.equal(later.ownerOf(page), "report");
    assert.equal(later.ownerOf(grid), "sample");
    assert.equal(await later.isChanged(page), true);
  }));

Deno.test("noting() says whose a file is before, while and after it is written", () =>
  inFolder(async (folder) => {
    const path = join(folder, "model");
    const ledger = await Ledger.open(folder);
    const noted = (text: string) =>
      ledger.noting(path, {
        by: "export",
        async write() {
          await Deno.writeTextFile(path, text);
          // What a process finds that comes after a kill at this moment.
          const killed = await Ledger.open(folder);
          assert.equal(killed.ownerOf(path), "export");
          assert.equal(await killed.isChanged(path), false);
          return text.length;
        },
      });
    for (const text of ["one", "another"]) {
      assert.equal(await noted(text), text.length);
      const later = await Ledger.open(folder);
      assert.equal(await later.isChanged(path), false);
    }
    await Deno.writeTextFile(path, "a note of mine");
    const later = await Ledger.open(folder);
    assert.equal(later.ownerOf(path), "export");
    assert.equal(await later.isChanged(path), true);
  }));

Deno.test("noting() takes its word back where nothing was written", () =>
  inFolder(async (folder) => {
    const path = join(folder, "model");
    const noted = async (write: () => Promise<void>) => {
      const ledger = await Ledger.open(folder);
      await assert.rejects(
        ledger.noting(path, { by: "export", write }),
        /Full/,
      );
      return (await Ledger.open(folder)).ownerOf(path);
    };
    const fails = () => Promise.reject(new Error("Full"));
    assert.equal(await noted(fails), undefined);
    await Deno.writeTextFile(path, "a model");
    assert.equal(await noted(fails), "export");
  }));

Deno.test("noting() leaves no ledger beside a device", async () => {
  const write = () => Promise.resolve();
  const ledger = await Ledger.open("/dev");
  await ledger.noting("/dev/null", { by: "export", write });
  assert.equal(await exists("/dev/.spherear"), false);
});

Deno.test("open() removes what a process left that was killed while saving", () =>
  inFolder(async (folder) => {
    const ledger = await Ledger.open(folder);
    ledger.claim(join(folder, "page"), "report");
    await ledger.save();
    const ended = new Deno.Command(Deno.execPath(), {
      args: ["--version"],
      stdout: "null",
    }).spawn();
    await ended.status;
    const place = (pid: number) =>
      join(folder, ".spherear", `.ledger.json.${pid}-5.partial`);
    await Deno.writeTextFile(place(ended.pid), "{");
    await Deno.writeTextFile(place(Deno.pid), "{");
    const later = await Ledger.open(folder);
    assert.equal(await exists(place(ended.pid)), false);
    // Somebody who is still at it keeps his.
    assert.equal(await exists(place(Deno.pid)), true);
    assert.equal(later.ownerOf(join(folder, "page")), "report");
  }));
