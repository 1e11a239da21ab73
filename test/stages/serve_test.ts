import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { type ServedProcess, startServed } from "../load/served_process.ts";
import { expectedImages, settingOf, withoutRecipe } from "../load/expected.ts";
import { spherear } from "./run_cli.ts";

const MODEL = ["--model", "model.safetensors", "--device", "cpu"];

/** Runs a test beside a served little model, whose classes are dark, light and odd. */
function withServed(
  test: (served: ServedProcess, folder: string) => Promise<void>,
  { args = [], env }: {
    readonly args?: readonly string[];
    readonly env?: Record<string, string>;
  } = {},
): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      await writeModel(folder);
      const served = await startServed([...MODEL, ...args], {
        cwd: folder,
        ...env && { env },
      });
      try {
        await test(served, folder);
      } finally {
        await served.interrupt();
      }
    });
}

/** An image in an event, finished or in the making. */
interface Sent {
  readonly place: number;
  readonly done: number;
  readonly png: string;
  readonly tokens: string;
}

function samples(
  { url }: ServedProcess,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/api/samples`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

Deno.test(
  "serve gives the images of sample, byte for byte, as JSON, PNG file and events",
  withServed(async (served, folder) => {
    const setting = settingOf({ steps: 3, cfg: 2, seed: 5 });
    const model = [...MODEL, "--batch", "4"];
    const { files } = await expectedImages(setting, {
      model,
      images: 5,
      folder,
    });
    const one = { ...setting.body, classes: "light", seeds: "4" };
    const png = await samples(served, one, { accept: "image/png" });
    assert.equal(png.headers.get("content-type"), "image/png");
    const bytes = new Uint8Array(await png.arrayBuffer());
    assert.deepEqual(withoutRecipe(bytes), files[4]);
    const all = { ...setting.body, classes: "0-2", count: 5, tokens: true };
    const json = await (await samples(served, all)).json() as {
      images: {
        png: string;
        tokens: string;
        recipe: { command: string; index: number };
      }[];
    };
    for (const [i, { png, recipe, tokens }] of json.images.entries()) {
      assert.equal(recipe.index, i);
      const numbers = Uint8Array.fromBase64(tokens).buffer;
      const [x, y, z, w] = new Float32Array(numbers);
      // On the sphere of radius sqrt(4).
      assert.ok(Math.abs(Math.hypot(x!, y!, z!, w!) - 2) < 1e-5);
      assert.deepEqual(withoutRecipe(Uint8Array.fromBase64(png)), files[i]);
    }
    const events = await samples(served, all, { accept: "text/event-stream" });
    const names = [...(await events.text()).matchAll(/^event: (\w+)$/gm)]
      .map(([, name]) => name);
    assert.equal(names[0], "queued");
    assert.equal(names.at(-1), "done");
    assert.equal(names.filter((name) => name === "image").length, 5);
    const { command } = json.images[3]!.recipe;
    const { code, err } = await spherear(command.split(" ").slice(1), {
      cwd: folder,
    });
    assert.equal(code, 0, err);
    const again = await Deno.readFile(join(folder, "samples/000003.png"));
    assert.deepEqual(again, files[3]);
    const ended = await served.interrupt();
    assert.equal(ended.code, 0);
    assert.match(ended.err, /POST \/api\/samples 200 .* images=5 queue=0/);
  }),
);

Deno.test(
  "serve shows images while they are made, as often as is asked for, and ends with the same bytes",
  withServed(async (served) => {
    // Long enough for previews to be due.
    const body = { count: 5, steps: 250, tokens: true };
    const accept = { accept: "text/event-stream" };
    const read = async (more: object) => {
      const response = await samples(served, { ...body, ...more }, accept);
      const pairs = [...(await response.text())
        .matchAll(/^event: (\w+)\ndata: (.*)$/gm)];
      const events = pairs.map(([, name, data]) => ({
        name,
        ...JSON.parse(data!) as Sent,
      }));
      const previews = events.filter(({ name }) => name === "preview");
      const images = events.filter(({ name }) => name === "image");
      return { previews, images };
    };
    const shown = await read({ previews: 3 });
    const plain = await read({});
    assert.deepEqual(plain.previews, []);
    assert.deepEqual(shown.images, plain.images);
    const places = shown.previews.map(({ place }) => place);
    assert.ok(places.length > 0 && places.length <= 3 * 5, `${places}`);
    for (const { place, done, png, tokens, ...rest } of shown.previews) {
      assert.deepEqual(Object.keys(rest), ["name"], "and no recipe");
      const image = shown.images.find((other) => other.place === place)!;
      const [some, all] = [tokens, image.tokens].map((text) =>
        new Float32Array(Uint8Array.fromBase64(text).buffer)
      ) as [Float32Array, Float32Array];
      const there = all.map((x, i) => i < done * 4 ? x : 0);
      assert.deepEqual(some, there);
      assert.notEqual(png, image.png);
    }
  }),
);

Deno.test(
  "serve gives several images as the grid that sample draws",
  withServed(async (served, folder) => {
    const body = { steps: 2, classes: "odd,dark", count: 3 };
    const accept = { accept: "image/png" };
    const refused = await samples(served, body, accept);
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /expected one, or \\"grid\\": true/);
    const grid = await samples(served, { ...body, grid: true }, accept);
    const bytes = new Uint8Array(await grid.arrayBuffer());
    const words = "sample --steps 2 --classes odd,dark --count 3 --batch 4 " +
      "--grid grid.png";
    const { code, err } = await spherear([...words.split(" "), ...MODEL], {
      cwd: folder,
    });
    assert.equal(code, 0, err);
    const expected = await Deno.readFile(join(folder, "grid.png"));
    assert.deepEqual(withoutRecipe(bytes), expected);
  }),
);

Deno.test(
  "serve describes model, requests and health",
  withServed(async (served) => {
    const get = async (path: string) => await fetch(served.url + path);
    const model = await (await get("/api/model")).json();
    assert.deepEqual(model.classes, ["dark", "light", "odd"]);
    assert.equal(model.imageSize, 8);
    assert.equal(model.batch, 4);
    assert.deepEqual(model.limits, {
      images: 64,
      steps: 250,
      waiting: 256,
      bodyBytes: 65536,
    });
    const api = await (await get("/api")).json();
    assert.equal(api.openapi, "3.1.0");
    const { post } = api.paths["/api/samples"];
    const { properties } = post.requestBody.content["application/json"].schema;
    for (const name of ["classes", "seeds", "seed", "steps", "cfg", "solver"]) {
      assert.ok(properties[name].description, name);
    }
    assert.ok(post.responses["429"]);
    assert.deepEqual(await (await get("/healthz")).json(), { ok: true });
  }),
);

Deno.test(
  "serve makes the page and the model's shards when a browser asks for them",
  withServed(async (served) => {
    const page = await fetch(served.url);
    const html = await page.text();
    assert.match(html, /<meta name="spherear-server" content="api\/samples">/);
    const policy = page.headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    for (const [, file] of html.matchAll(/(?:href|src)="([a-z]+\.\w+)"/g)) {
      const response = await fetch(`${served.url}/${file}`);
      assert.equal(response.status, 200, file);
      await response.body?.cancel();
    }
    const model = await (await fetch(`${served.url}/model.json`)).json() as {
      classes: string[];
      shards: { file: string; bytes: number; sha256: string }[];
    };
    assert.deepEqual(model.classes, ["dark", "light", "odd"]);
    const [{ file, bytes, sha256 }] = model.shards as [
      typeof model.shards[0],
    ];
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes; at += 10_000) {
      const range = `bytes=${at}-${at + 9_999}`;
      const part = await fetch(`${served.url}/${file}`, { headers: { range } });
      assert.equal(part.status, 206);
      parts.push(new Uint8Array(await part.arrayBuffer()));
    }
    const whole = await new Blob(parts).arrayBuffer();
    const digest = await crypto.subtle.digest("SHA-256", whole);
    assert.equal(new Uint8Array(digest).toHex(), sha256);
    for (const path of ["/0123456789abcdef.bin", "/other.js", "/page/"]) {
      const response = await fetch(served.url + path);
      assert.equal(response.status, 404, path);
      await response.body?.cancel();
    }
  }),
);

Deno.test(
  "serve asks for its token, and logs JSON lines that do not show it",
  withServed(
    async (served) => {
      const token = "0123456789abcdef";
      for (const path of ["/", "/api", "/api/model", "/nowhere"]) {
        const { status, body } = await fetch(served.url + path);
        assert.equal(status, 401, path);
        await body?.cancel();
      }
      assert.equal((await samples(served, {})).status, 401);
      assert.equal((await fetch(`${served.url}/healthz`)).status, 200);
      const authorization = `Bearer ${token}`;
      const good = await samples(served, { steps: 1 }, { authorization });
      assert.equal(good.status, 200);
      const link = await fetch(`${served.url}/?token=${token}`, {
        redirect: "manual",
      });
      assert.equal(link.status, 303);
      const { err } = await served.interrupt();
      assert.doesNotMatch(err, new RegExp(token));
      const lines = err.split("\n").filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ status }) => status),
        [401, 401, 401, 401, 401, 200, 200, 303],
      );
      assert.deepEqual(Object.keys(lines[6]), [
        ...["time", "method", "path", "status", "ms", "bytes"],
        ...["images", "queue"],
      ]);
    },
    { args: ["--json"], env: { SPHEREAR_TOKEN: "0123456789abcdef" } },
  ),
);

Deno.test(
  "serve ends within five seconds of ^C while images are sampled",
  withServed(async (served) => {
    const body = { count: 64, steps: 250 };
    const asked = [1, 2, 3].map((seed) =>
      samples(served, { ...body, seed }).catch((error: Error) => error)
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { code, seconds } = await served.interrupt();
    assert.equal(code, 0);
    assert.ok(seconds < 5, `${seconds} s`);
    for (const answer of await Promise.all(asked)) {
      if (answer instanceof Error) continue;
      assert.ok([200, 503].includes(answer.status));
      await answer.body?.cancel();
    }
  }, { args: ["--most-steps", "250"] }),
);

Deno.test(
  "serve serves the folder of a page, and what it may not do is refused",
  () =>
    inFolder(async (folder) => {
      await writeModel(folder);
      await Deno.mkdir(join(folder, "site"));
      const refusals: readonly (readonly [string[], RegExp])[] = [
        [[], /expected --model, or --ar and --svae$/],
        [[...MODEL, "--site", "site"], /"site": it has no index\.html/],
        [[...MODEL, "--host", "0.0.0.0"], /without a token/],
        [["--model", "none.safetensors"], /no such file/],
        [
          ["--ar", "model.safetensors"],
          /"model\.safetensors": expected kind ar, found "model"/,
        ],
        [[...MODEL, "--token", "short"], /expected 16 to 200/],
        [[...MODEL, "--port", "70000"], /port: .*found 70000/],
      ];
      for (const [args, message] of refusals) {
        const { code, err } = await spherear(["serve", ...args], {
          cwd: folder,
        });
        assert.equal(code, 2, args.join(" "));
        assert.match(err.trim(), message);
      }
      const html = "<html><head><title>Mine</title></head></html>";
      await Deno.writeTextFile(join(folder, "site/index.html"), html);
      const served = await startServed([...MODEL, "--site", "site"], {
        cwd: folder,
      });
      const page = await fetch(served.url);
      const mark = '\n<meta name="spherear-server" content="api/samples">';
      assert.equal(
        await page.text(),
        html.replace("<head>", `<head>${mark}`),
      );
      assert.ok(page.headers.get("content-security-policy"));
      const style = await fetch(`${served.url}/style.css`);
      assert.equal(style.status, 404);
      await style.body?.cancel();
      await served.interrupt();
    }),
);
