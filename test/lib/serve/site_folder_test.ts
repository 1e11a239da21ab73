import assert from "node:assert/strict";
import { join } from "node:path";
import { SiteFolder } from "../../../lib/serve/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { startServer, type TestServer } from "./_server.ts";

const BYTES = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);

/** Runs a test beside a served site, in a folder with a secret next to it. */
function withSite(
  test: (server: TestServer, folder: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (around) => {
      const folder = join(around, "site");
      await Deno.mkdir(join(folder, "model"), { recursive: true });
      await Deno.writeTextFile(join(around, "secret"), "secret");
      await Deno.writeTextFile(join(folder, "index.html"), "<p>home");
      await Deno.writeTextFile(join(folder, "empty.json"), "");
      await Deno.writeTextFile(join(folder, ".hidden"), "hidden");
      await Deno.symlink(join(around, "secret"), join(folder, "link"));
      await Deno.writeFile(join(folder, "model/a b.bin"), BYTES);
      const site = await SiteFolder.open(folder);
      const server = await startServer({ routes: (path) => site.route(path) });
      await test(server, folder);
      await server.stop();
      assert.deepEqual(server.bugs, []);
    });
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(url, { headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

Deno.test(
  "SiteFolder gives whole files with their types",
  withSite(async ({ url }) => {
    const home = await ask(url);
    assert.equal(new TextDecoder().decode(home.bytes), "<p>home");
    assert.equal(home.headers.get("content-type"), "text/html; charset=utf-8");
    const shard = await ask(`${url}/model/a%20b.bin`);
    assert.equal(shard.status, 200);
    assert.equal(shard.headers.get("content-length"), `${BYTES.length}`);
    assert.equal(shard.headers.get("accept-ranges"), "bytes");
    assert.deepEqual(shard.bytes, BYTES);
    assert.equal((await ask(`${url}/empty.json`)).bytes.length, 0);
    const { status, headers } = await fetch(`${url}/model/a%20b.bin`, {
      method: "HEAD",
    });
    assert.equal(status, 200);
    assert.equal(headers.get("content-length"), `${BYTES.length}`);
  }),
);

Deno.test(
  "SiteFolder gives ranges, and says where there are none",
  withSite(async ({ url }) => {
    const path = `${url}/model/a%20b.bin`;
    const part = await ask(path, { range: "bytes=100000-199999" });
    assert.equal(part.status, 206);
    const place = part.headers.get("content-range");
    assert.equal(place, "bytes 100000-199999/200000");
    assert.deepEqual(part.bytes, BYTES.slice(100_000));
    const none = await ask(path, { range: "bytes=200000-" });
    assert.equal(none.status, 416);
    assert.equal(none.headers.get("content-range"), "bytes */200000");
    const etag = part.headers.get("etag")!;
    const same = { range: "bytes=0-9", "if-range": etag };
    assert.equal((await ask(path, same)).status, 206);
    const other = { range: "bytes=0-9", "if-range": '"other"' };
    assert.equal((await ask(path, other)).status, 200);
  }),
);

Deno.test(
  "SiteFolder sends nothing that the client has, until it changes",
  withSite(async ({ url }, folder) => {
    const etag = (await ask(url)).headers.get("etag")!;
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const again = await ask(url, { "if-none-match": known });
      assert.equal(again.status, 304, known);
      assert.equal(again.bytes.length, 0);
    }
    await Deno.writeTextFile(join(folder, "index.html"), "<p>other");
    const changed = await ask(url, { "if-none-match": etag });
    assert.equal(new TextDecoder().decode(changed.bytes), "<p>other");
    await Deno.remove(join(folder, "index.html"));
    assert.equal((await ask(url)).status, 404);
  }),
);

Deno.test(
  "SiteFolder knows no path but those of its files",
  withSite(async ({ url }, folder) => {
    await Deno.writeTextFile(join(folder, "late.html"), "late");
    const paths = [
      "/../secret",
      "/%2e%2e%2fsecret",
      "/..%5csecret",
      "/model/..%2f..%2fsecret",
      "/link",
      "/.hidden",
      "/model",
      "/model/",
      "/late.html",
      "/index.html%00",
      "/%ff",
      "/%",
    ];
    for (const path of paths) {
      assert.equal((await ask(url + path)).status, 404, path);
    }
  }),
);

Deno.test("SiteFolder.open() tells a folder that is not there", async () => {
  await assert.rejects(SiteFolder.open("no/such/folder"), {
    name: "UserError",
    message: 'Cannot serve "no/such/folder": no such file or folder',
  });
});
