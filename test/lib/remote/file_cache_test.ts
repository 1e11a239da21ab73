import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { UserError } from "../../../lib/artifact/mod.ts";
import {
  accessOf,
  FileCache,
  type GetOptions,
  type RemoteFile,
} from "../../../lib/remote/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";
import { digest, listeningTools, PlayedHub, someBytes } from "./_hub.ts";

const BYTES = someBytes(300_000);
const SHA256 = digest(BYTES);

const PATH = "us/models/resolve/main/m.pt";

/** A cache in a folder, a Hub with one file, and what is said. */
interface Scene {
  readonly hub: PlayedHub;
  readonly folder: string;
  readonly said: string[];
  readonly controller: AbortController;
  readonly cache: FileCache;
  readonly wanted: RemoteFile;
  get(options?: GetOptions): ReturnType<FileCache["get"]>;
}

async function inScene(
  run: (scene: Scene) => Promise<void>,
  { token, known = {} }: {
    token?: string;
    known?: Partial<RemoteFile>;
  } = {},
): Promise<void> {
  await using hub = new PlayedHub();
  hub.files[PATH] = { bytes: BYTES };
  await inFolder(async (folder) => {
    const { said, controller, ...tools } = listeningTools();
    const environment: Record<string, string | undefined> = {
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: token,
    };
    const access = accessOf((name) => environment[name]);
    const cache = new FileCache(folder, { ...tools, access });
    const wanted = {
      word: "hf:us/models/m.pt",
      name: "hf:us/models/m.pt",
      file: "m.pt",
      place: "hub/us/models/main/m.pt",
      url: hub.url(PATH),
      ...known,
    };
    const get = (options?: GetOptions) => cache.get(wanted, options);
    await run({ hub, folder, said, controller, cache, wanted, get });
  });
}

async function refused(work: Promise<unknown>, message: RegExp) {
  await assert.rejects(work, (error: Error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.match(error.message, message);
    return true;
  });
}

/** Everything in a folder, hidden files too. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("get() follows the Hub to its store and keeps the file, once", () =>
  inScene(async ({ hub, get, folder }) => {
    const first = await get();
    assert.equal(first.state, "fetched");
    assert.equal(first.witness, "hub");
    assert.equal(first.sha256, SHA256);
    assert.equal(first.path, join(folder, "hub/us/models/main/m.pt"));
    assert.deepEqual(await Deno.readFile(first.path), BYTES);
    assert.deepEqual(namesIn(dirname(first.path)), [".m.pt.json", "m.pt"]);
    assert.equal((await get()).state, "kept");
    assert.equal(hub.seenBy("store").length, 1);
  }));

Deno.test("get() goes on after cuts, by ranges of the same version", () =>
  inScene(async ({ hub, get, said }) => {
    hub.files[PATH]!.cuts = [100_000, 50_000];
    assert.equal((await get()).sha256, SHA256);
    const asked = hub.seenBy("store").map(({ range }) => range);
    assert.deepEqual(asked, [null, "bytes=100000-", "bytes=150000-"]);
    const tag = `"${SHA256.slice(0, 16)}"`;
    assert.equal(hub.seenBy("store")[1]!.ifRange, tag);
    assert.match(said[0]!, /m\.pt: cut after 100000 of 300000 bytes; tries/);
  }));

Deno.test("get() goes on in the next call where the server is gone", async () => {
  await inScene(async ({ hub, get }) => {
    const file = hub.files[PATH]!;
    file.cuts = [120_000, 0, 0, 0, 0];
    await refused(
      get(),
      /cut after 120000 of 300000 .*; the same command goes on/,
    );
    hub.seen.length = 0;
    delete file.cuts;
    assert.equal((await get()).sha256, SHA256);
    assert.equal(hub.seenBy("store")[0]!.range, "bytes=120000-");
  });
});

Deno.test("get() begins anew where the file has changed", async () => {
  const newer = someBytes(300_000, 2);
  await inScene(async ({ hub, get }) => {
    hub.files[PATH]!.cuts = [120_000, 0, 0, 0, 0];
    await refused(get(), /cut after/);
    hub.files[PATH] = { bytes: newer };
    assert.equal((await get()).sha256, digest(newer));
  });
});

Deno.test("get() notices a server that mixes versions, and keeps nothing", async () => {
  const newer = someBytes(300_000, 2);
  await inScene(async ({ hub, get, folder }) => {
    const file = hub.files[PATH]!;
    Object.assign(file, { direct: true, cuts: [120_000, 0, 0, 0, 0] });
    await refused(get(), /cut after/);
    // The tag stays, so the server gives the end of another file.
    const etag = `"${SHA256.slice(0, 16)}"`;
    hub.files[PATH] = { bytes: newer, direct: true, etag };
    await refused(get(), /expected SHA-256 .* by this program's table, found/);
    assert.deepEqual(namesIn(join(folder, "hub/us/models/main")), []);
  }, { known: { sha256: SHA256 } });
});

Deno.test("get() takes the whole file from a server without ranges", () =>
  inScene(async ({ hub, get }) => {
    Object.assign(hub.files[PATH]!, { ranges: false, cuts: [100_000] });
    assert.equal((await get()).sha256, SHA256);
    assert.equal(hub.seenBy("store").length, 2);
  }));

Deno.test("get() asks for no range where no tag and no digest would tell a mix", () =>
  inScene(async ({ hub, get }) => {
    const file = hub.files[PATH]!;
    Object.assign(file, { direct: true, etag: null, cuts: [100_000] });
    const { sha256, witness } = await get();
    assert.deepEqual({ sha256, witness }, { sha256: SHA256, witness: "first" });
    assert.deepEqual(hub.seen.map(({ range }) => range), [null, null]);
  }));

Deno.test("get() tries again where a server is busy, and gives up", () =>
  inScene(async ({ hub, get }) => {
    hub.files[PATH]!.statuses = [503, 429, 500];
    assert.equal((await get()).sha256, SHA256);
    hub.files[PATH]!.statuses = [503, 503, 503, 503, 503, 503];
    await refused(
      get({ force: true }),
      /answers 503; without a network, spherear fetch takes it --from a folder$/,
    );
  }));

Deno.test("get() refuses a file of another digest and keeps nothing of it", () =>
  inScene(async ({ hub, get, folder }) => {
    hub.files[PATH]!.sha256 = "0".repeat(64);
    const expected = new RegExp(
      `^Cannot use "hf:us/models/m.pt": expected SHA-256 0{64} by the Hub, ` +
        `found ${SHA256}$`,
    );
    await refused(get(), expected);
    assert.deepEqual(namesIn(join(folder, "hub/us/models/main")), []);
  }));

Deno.test("get() holds a file against its size, its name and the table", async () => {
  const refusals: [Partial<RemoteFile>, RegExp][] = [
    [{ bytes: 299_999 }, /expected 299999 bytes, http.*m.pt has 300000$/],
    [
      { file: "m-0123abcd.pth" },
      /expected SHA-256 0123abcd\.\.\. by the file's name, found/,
    ],
    [{ sha256: "f".repeat(64) }, /expected SHA-256 f{64} by this program's/],
  ];
  for (const [known, message] of refusals) {
    await inScene(({ get }) => refused(get(), message), { known });
  }
  const named = { file: `m-${SHA256.slice(0, 8)}.pth` };
  await inScene(async ({ hub, get }) => {
    hub.files[PATH]!.direct = true;
    assert.equal((await get()).witness, "name");
  }, { known: named });
});

Deno.test("get() transfers nothing where the Hub has another file", () =>
  inScene(async ({ hub, get, folder }) => {
    // What is transferred would be cut, and tried again.
    hub.files[PATH]!.cuts = [0];
    await refused(
      get(),
      /expected SHA-256 f{64} by this program's table, found/,
    );
    assert.equal(hub.seenBy("store").length, 1);
    assert.deepEqual(namesIn(join(folder, "hub/us/models/main")), []);
  }, { known: { sha256: "f".repeat(64) } }));

Deno.test("get() remembers a first digest, also when the file is gone", () =>
  inScene(async ({ hub, get, said }) => {
    hub.files[PATH]!.direct = true;
    const { path, witness } = await get();
    assert.equal(witness, "first");
    assert.match(said.join(), new RegExp(`no digest is known; .* ${SHA256}`));
    await Deno.remove(path);
    hub.files[PATH] = { bytes: someBytes(300_000, 2), direct: true };
    await refused(get(), /by the first one .*; --force takes the new one$/);
    const forced = await get({ force: true });
    assert.equal(forced.sha256, digest(someBytes(300_000, 2)));
  }));

Deno.test("get() gets a file again that was spoiled here", () =>
  inScene(async ({ get, cache, wanted, said }) => {
    const { path } = await get();
    await Deno.writeFile(path, someBytes(300_000, 3));
    await refused(cache.find(wanted), /^Cannot use "hf:us.*first one.*found/);
    assert.equal((await get()).state, "fetched");
    assert.match(said.at(-1)!, /^Warning: Cannot use .*; gets it again$/);
    assert.equal((await cache.find(wanted))?.sha256, SHA256);
  }));

Deno.test("find() takes a file that a person has put there, if it is right", () =>
  inScene(async ({ cache, wanted }) => {
    const path = cache.pathOf(wanted);
    assert.equal(await cache.find(wanted), undefined);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, BYTES);
    assert.equal((await cache.find(wanted))?.witness, "table");
    await Deno.writeFile(path, BYTES.subarray(1));
    await refused(cache.find(wanted), /by this program's table/);
  }, { known: { sha256: SHA256 } }));

Deno.test("get() sends the token to the Hub alone", () =>
  inScene(async ({ hub, get }) => {
    hub.token = "secret";
    await get();
    assert.equal(hub.seenBy("hub")[0]!.token, "Bearer secret");
    assert.equal(hub.seenBy("store")[0]!.token, null);
  }, { token: "secret" }));

Deno.test("get() says what to do where it may not read", async () => {
  await inScene(async ({ hub, get }) => {
    hub.token = "secret";
    await refused(get(), /answers 401: set HF_TOKEN to a token that may/);
  });
  await inScene(async ({ hub, get }) => {
    hub.token = "secret";
    await refused(get(), /answers 403: it may not be read with this HF_TOKEN/);
  }, { token: "other" });
  await inScene(async ({ hub, get }) => {
    delete hub.files[PATH];
    await refused(
      get(),
      /^Cannot fetch "hf:us\/models\/m.pt": http.*m.pt answers 404: nothing is there$/,
    );
  });
});

for (
  const location of [
    "http://example.com/m.pt",
    "ftp://127.0.0.1/m.pt",
    "file:///etc/passwd",
    "http://localhost:1/m.pt",
    "data:,hello",
    "http://",
  ]
) {
  Deno.test(`get() does not follow the Hub to ${location}`, () =>
    inScene(async ({ hub, get }) => {
      hub.files[PATH]!.location = location;
      await refused(get(), /m\.pt: it leads to .*, expected an address that/);
    }));
}

Deno.test("get() does not follow redirects for ever", () =>
  inScene(async ({ hub, get }) => {
    hub.files[PATH]!.location = hub.url(PATH);
    await refused(get(), /it redirects more than 8 times$/);
  }));

Deno.test("get() tells no signature of an address", () =>
  inScene(async ({ hub, get }) => {
    Object.assign(hub.files[PATH]!, { sha256: SHA256, cuts: [0, 0, 0, 0, 0] });
    await assert.rejects(
      get(),
      (error: Error) => !/secret/.test(error.message),
    );
  }));

Deno.test("get() stops when it is told to, and goes on from there", () =>
  inScene(async ({ hub, get, controller, cache, wanted, folder }) => {
    hub.files[PATH]!.pauseMs = 50;
    const timer = setTimeout(() => controller.abort(new Error("Stop")), 120);
    await assert.rejects(get(), /Stop/);
    clearTimeout(timer);
    assert.equal(await cache.find(wanted), undefined);
    const names = namesIn(join(folder, "hub/us/models/main"));
    assert.deepEqual(names, [".m.pt.partial", ".m.pt.partial.json"]);
  }));

Deno.test("get() waits for another who gets the same file", () =>
  inScene(async ({ hub, get, said }) => {
    hub.files[PATH]!.pauseMs = 60;
    const both = await Promise.all([get(), get()]);
    assert.deepEqual(both.map(({ state }) => state).sort(), [
      "fetched",
      "kept",
    ]);
    assert.equal(hub.seenBy("store").length, 1);
    assert.match(said.join(), /is getting it, waits/);
  }));

Deno.test("get() copies from a folder or a file, and checks it as well", () =>
  inScene(async ({ hub, get, folder }) => {
    const usb = join(folder, "usb");
    await Deno.mkdir(usb);
    await refused(get({ from: usb }), /from ".*usb": expected "m.pt" there/);
    await refused(get({ from: join(usb, "m.pt") }), /from .*: no such file/);
    await Deno.writeFile(join(usb, "m.pt"), BYTES.subarray(1));
    await refused(get({ from: usb }), /expected 300000 bytes, found 299999$/);
    await Deno.writeFile(join(usb, "m.pt"), someBytes(300_000, 2));
    await refused(get({ from: usb }), /expected SHA-256/);
    assert.deepEqual(namesIn(join(folder, "hub/us/models/main")), []);
    await Deno.writeFile(join(usb, "m.pt"), BYTES);
    const { state, path } = await get({ from: usb });
    assert.equal(state, "copied");
    assert.deepEqual(await Deno.readFile(path), BYTES);
    assert.deepEqual(hub.seen, []);
  }, { known: { bytes: 300_000, sha256: SHA256 } }));
