import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { digestFile, openArtifact } from "../../lib/artifact/mod.ts";
import { OFFICIAL_NAMES } from "../../lib/official/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { PlayedHub, someBytes } from "../lib/remote/_hub.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { ROOT, spherear } from "./run_cli.ts";

const { denoDir: DENO_DIR } = JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
      .outputSync().stdout,
  ),
);

/** Where the played Hub has the release's checkpoint of SphereAR-B. */
const RELEASED = "guolinke/SphereAR/resolve/main/SphereAR_B.pt";

/** A folder, a cache in it, a Hub, and the program that knows both. */
interface Scene {
  readonly hub: PlayedHub;
  readonly folder: string;
  /** Where the cache keeps files of others. */
  readonly files: string;
  readonly env: Record<string, string>;
  /** Runs a command that must work; what it wrote. */
  run(line: string): Promise<{ readonly out: string; readonly err: string }>;
  /** Runs a command that must be refused; what it said. */
  refused(line: string): Promise<string>;
}

async function inScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  await using hub = new PlayedHub();
  await inFolder(async (folder) => {
    const env = {
      DENO_DIR,
      XDG_CACHE_HOME: join(folder, "cache"),
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: "",
      // Deno asks for its own news through the proxies as well.
      DENO_NO_UPDATE_CHECK: "1",
    };
    const call = (line: string) =>
      spherear(line.split(" "), { cwd: folder, env });
    await run({
      hub,
      folder,
      env,
      files: join(folder, "cache/spherear/files"),
      async run(line) {
        const { code, ...said } = await call(line);
        assert.equal(code, 0, said.err);
        return said;
      },
      async refused(line) {
        const { code, err } = await call(line);
        assert.equal(code, 2, err);
        return err;
      },
    });
  });
}

/** A small whole model as a checkpoint on the Hub. */
async function putModel({ hub, folder, run }: Scene, at: string) {
  await writeModel(folder);
  await run("export model.safetensors -o m.pt");
  hub.files[at] = { bytes: await Deno.readFile(join(folder, "m.pt")) };
}

Deno.test("fetch lists the official files, and what is here of them", () =>
  inScene(async ({ run, files, hub }) => {
    const path = join(files, "sphere-ar-l/SphereAR_L.pt");
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, new Uint8Array(2048));
    const { out } = await run("fetch");
    for (const name of OFFICIAL_NAMES) {
      assert.match(out, new RegExp(`^${name} `, "m"));
    }
    assert.match(out, /^sphere-ar-l +SphereAR-L, 256 px +2\.0 KiB +yes /m);
    assert.match(out, /^vgg16-lpips .* 527\.8 MiB +no +BSD-3-Clause/m);
    const listed = JSON.parse((await run("fetch --json")).out);
    assert.deepEqual(
      listed.map(({ name }: { name: string }) => name),
      OFFICIAL_NAMES,
    );
    assert.deepEqual(hub.seen, []);
  }));

Deno.test("sample --model takes a checkpoint of the Hub, fetched and imported once", () =>
  inScene(async (scene) => {
    const { hub, folder, run } = scene;
    await putModel(scene, "us/models/resolve/main/m.pt");
    const line = "sample --device cpu --classes 0-2 --steps 2";
    const hf = `${line} --model hf:us/models/m.pt -o a.safetensors`;
    assert.match(
      (await run(`${hf} --dry-run`)).err,
      /would run: "hf:us\/models\/m\.pt" is fetched before it/,
    );
    assert.equal(hub.seen.length, 0);
    await run(hf);
    assert.equal(hub.seenBy("store").length, 1);
    assert.match((await run(hf)).err, /done: a\.safetensors/);
    assert.match((await run(`${hf} --dry-run`)).err, /done: a\.safetensors/);
    assert.equal(hub.seenBy("store").length, 1);
    await run("import m.pt -o local.safetensors");
    await run(`${line} --model local.safetensors -o b.safetensors`);
    const digests = ["a", "b"].map((name) =>
      digestFile(join(folder, `${name}.safetensors`))
    );
    const [a, b] = await Promise.all(digests);
    assert.equal(a, b);
  }));

Deno.test("official names stand for files that were fetched, in pipelines too", () =>
  inScene(async (scene) => {
    const { folder, run, refused } = scene;
    const text = 'folder = "run"\n[stages.sample]\noptions = { steps = 2, ' +
      'classes = "0" }\ninputs = { model = "sphere-ar-b" }\n';
    await Deno.writeTextFile(join(folder, "p.toml"), text);
    const hint = /SphereAR_B\.pt is not here; spherear fetch sphere-ar-b gets/;
    for (const line of ["pipeline p.toml", "pipeline p.toml --dry-run"]) {
      const message = await refused(`${line} --device cpu`);
      assert.match(message, hint);
      assert.match(
        message,
        /^Error: "p\.toml": stages\.sample\.inputs\.model: /,
      );
    }
    assert.match(await refused("import sphere-ar-b -o b.safetensors"), hint);
    await putModel(scene, RELEASED);
    const [kept] = JSON.parse((await run("fetch sphere-ar-b --json")).out);
    assert.equal(kept.state, "fetched");
    assert.equal(kept.witness, "the Hub");
    assert.equal(kept.sha256, await digestFile(join(folder, "m.pt")));
    await run("pipeline p.toml --device cpu");
    (await openArtifact(join(folder, "run/sample.safetensors"), "samples"))
      .close();
    await run("import sphere-ar-b -o b.safetensors");
    await run("export sphere-ar-b -o back.pt");
    assert.ok((await Deno.stat(join(folder, "back.pt"))).size > 0);
  }));

Deno.test("fetch carries files to a machine without network", () =>
  inScene(async ({ hub, folder, run, refused, files }) => {
    const bytes = someBytes(100_000);
    hub.files[RELEASED] = { bytes };
    await run("fetch sphere-ar-b --to usb");
    await run("fetch sphere-ar-b --to usb");
    assert.deepEqual(
      await Deno.readFile(join(folder, "usb/SphereAR_B.pt")),
      bytes,
    );
    await Deno.remove(files, { recursive: true });
    hub.seen.length = 0;
    const { out } = await run("fetch sphere-ar-b --from usb");
    assert.match(
      out,
      /^sphere-ar-b {2}.*SphereAR_B\.pt {2}97\.7 KiB, copied, /,
    );
    await Deno.writeTextFile(join(folder, "usb/SphereAR_B.pt"), "mine");
    const error = await refused("fetch sphere-ar-b --to usb");
    assert.match(error, /Cannot write "usb\/SphereAR_B\.pt": another file is/);
    assert.match(
      await refused("fetch vgg16-lpips --from usb/SphereAR_B.pt"),
      /Cannot get vgg16-397923af\.pth, vgg\.pth from the file .*: expected a/,
    );
    assert.deepEqual(hub.seen, []);
  }));

Deno.test("fetch goes on where it was killed, to the same bytes", () =>
  inScene(async ({ hub, folder, run, files, env }) => {
    const bytes = someBytes(8_000_000);
    hub.files[RELEASED] = { bytes, pauseMs: 40 };
    const part = join(files, "sphere-ar-b/.SphereAR_B.pt.partial.json");
    const args = ["run", "-A", "--no-check", join(ROOT, "cli.ts")];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args, "fetch", "sphere-ar-b"],
      env: { ...env, INIT_CWD: folder },
      cwd: folder,
      stdout: "null",
      stderr: "null",
    }).spawn();
    await until(async () =>
      JSON.parse(await Deno.readTextFile(part)).written > 0
    );
    child.kill("SIGKILL");
    await child.status;
    assert.match((await run("fetch")).out, /^sphere-ar-b .* 7\.6 MiB +\d+ % /m);
    hub.files[RELEASED].pauseMs = 0;
    const [kept] = JSON.parse((await run("fetch sphere-ar-b --json")).out);
    const [, range] = /^bytes=(\d+)-$/.exec(hub.seenBy("store")[1]!.range!)!;
    assert.ok(Number(range) > 0);
    assert.deepEqual(await Deno.readFile(kept.path), bytes);
    const left = [...Deno.readDirSync(dirname(kept.path))];
    assert.deepEqual(
      left.map(({ name }) => name).sort(),
      [".SphereAR_B.pt.json", "SphereAR_B.pt"],
    );
  }));

Deno.test("fetch goes through the proxies that the environment names", () =>
  inScene(async ({ hub, folder, run, env }) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const proxy = `http://127.0.0.1:${listener.addr.port}`;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        join(ROOT, "cli.ts"),
        "fetch",
        "hf:a/b/c",
      ],
      env: { ...env, HTTPS_PROXY: proxy, HF_ENDPOINT: "https://hub.invalid" },
      cwd: folder,
      stdout: "null",
      stderr: "null",
    }).spawn();
    using connection = await listener.accept();
    const buffer = new Uint8Array(100);
    const count = await connection.read(buffer);
    child.kill("SIGKILL");
    await child.status;
    listener.close();
    const heard = new TextDecoder().decode(buffer.subarray(0, count!));
    assert.match(heard, /^CONNECT hub\.invalid:443 /);
    hub.files["a/b/resolve/main/c"] = { bytes: someBytes(10) };
    Object.assign(env, { HTTP_PROXY: proxy, NO_PROXY: "127.0.0.1" });
    await run("fetch hf:a/b/c");
  }));

/** Waits for something to be so, as long as it fails too. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo().catch(() => false)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
