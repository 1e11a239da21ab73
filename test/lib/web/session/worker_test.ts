import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { ImageDecoder, Sampler } from "../../../../lib/sample/mod.ts";
import type { SampleJob } from "../../../../lib/web/session/messages.ts";
import { inBrowser } from "../../../browser/chromium.ts";
import { sampleInWorker } from "../../../browser/sampling.ts";
import { LONG } from "../../../browser/play.ts";
import { SMALL, smallSite } from "../../../browser/small_site.ts";
import { StaticHost } from "../../../browser/static_host.ts";
import { inFolder } from "../../artifact/_bytes.ts";

/** As the reference computes, but for rounding. */
const F32 = ["--weights-dtype", "f32"];

const JOB: SampleJob = {
  seed: 3,
  images: [{ label: 2, index: 0 }, { label: 0, index: 7 }],
  choice: { solver: "euler", steps: 2, cfg: 2, cfgSchedule: "linear" },
};

/** What the float64 engine makes of the job. */
async function referenceOf({ seed, images, choice }: SampleJob) {
  const engine = createReferenceEngine();
  const { solver, steps, cfg, cfgSchedule: schedule } = choice;
  const sampler = await Sampler.create(engine, SMALL.ar, {
    images: images.length,
    solver,
    steps,
    guidance: { cfg, schedule },
  });
  const z = await sampler.sample({
    seed: BigInt(seed),
    classes: Int32Array.from(images, ({ label }) => label),
    indices: Uint32Array.from(images, ({ index }) => index),
  });
  const count = images.length;
  const decoder = await ImageDecoder.create(engine, SMALL.vae, count);
  const decoded = await decoder.decode(z, { count, traced: false });
  return { z: z.data, pixels: decoded.images.data };
}

function farthest(a: Iterable<number>, b: ArrayLike<number>): number {
  let most = 0;
  let i = 0;
  for (const value of a) {
    const distance = Math.abs(value - b[i++]!);
    if (!(distance <= most)) most = distance;
  }
  assert.equal(i, b.length);
  return most;
}

Deno.test({
  name: "a worker in a browser samples what the reference samples",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder, F32));
      const page = await browser.open(host.address);
      const { tokens, pixels, told } = await sampleInWorker(page, JOB);
      const expected = await referenceOf(JOB);
      const z = tokens.flatMap((each) => [...each]);
      assert.ok(farthest(z, expected.z) <= 1e-3);
      const bytes = pixels.flatMap((each) => [...each]);
      assert.ok(farthest(bytes, expected.pixels) <= 2);
      assert.deepEqual(page.errors, []);
      const steps = ["downloading", "opened", "compiling", "sampling"];
      assert.deepEqual(told.filter((each) => !steps.includes(each)), [
        ...Array(told.filter((each) => each === "pictures").length)
          .fill("pictures"),
        "finished",
      ]);
    })
  ),
});

/** Runs in the page: opens a worker, and keeps the types of what it tells. */
const OPEN = `async (first) => {
  const model = await (await fetch("model.json")).json();
  const place = { address: new URL("model.json", location.href).href };
  globalThis.told = [];
  globalThis.worker = new Worker("worker.js");
  worker.addEventListener("message", ({ data }) => told.push(data.type));
  worker.postMessage({ type: "open", model, place, adapter: {}, first });
}`;

Deno.test({
  name: "a worker compiles what comes first while the model is read",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      const gate = Promise.withResolvers<void>();
      await using host = new StaticHost(await smallSite(folder, F32), {
        before: async (path) => {
          if (path.endsWith(".bin")) await gate.promise;
        },
      });
      const page = await browser.open(host.address);
      const { choice } = JOB;
      const first = JSON.stringify({ count: 2, choice });
      try {
        await page.evaluate(`(${OPEN})(${first})`);
        await page.until("told.includes('compiling')", LONG);
        assert.ok(!await page.evaluate("told.includes('opened')"));
      } finally {
        gate.resolve();
      }
      await page.until("told.includes('opened')", LONG);
      await page.evaluate(
        `worker.postMessage({ type: "prepare", wanted: ${first} })`,
      );
      await page.until("told.includes('prepared')", LONG);
      assert.deepEqual(page.errors, []);
    })
  ),
});
