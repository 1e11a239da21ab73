import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { decodeRgb } from "../../lib/image/mod.ts";
import { startServed } from "../load/served_process.ts";
import { spherear } from "../stages/run_cli.ts";
import { inBrowser } from "./chromium.ts";
import { drawAll, pixelsOf, READY } from "./play.ts";
import { smallSite } from "./small_site.ts";

/** Counts how often a picture is drawn, in the making or finished. */
const COUNT_DRAWINGS = `{
  globalThis.drawings = 0;
  const { prototype } = CanvasRenderingContext2D;
  const { putImageData } = prototype;
  prototype.putImageData = function (...args) {
    drawings++;
    return putImageData.apply(this, args);
  };
}`;

Deno.test({
  name: "a browser without a GPU draws on the server of the page",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await smallSite(folder);
      const model = "--ar ar.safetensors --svae svae.safetensors --device cpu";
      const served = await startServed(model.split(" "), { cwd: folder });
      try {
        const page = await browser.open(
          `${served.url}/#classes=dog&count=2&seed=3&steps=250`,
        );
        await page.evaluate(COUNT_DRAWINGS);
        await page.until(READY);
        const told = await page.evaluate(
          "document.querySelector('#model-trouble').textContent",
        );
        assert.match(told, /the server of this page draws/);
        await drawAll(page);
        const pixels = await pixelsOf(page);
        assert.deepEqual(pixels, await sampled(folder, model));
        const drawings = await page.evaluate("drawings");
        assert.ok(drawings > 2, `${drawings} drawings of two pictures`);
        assert.deepEqual(page.errors, []);
        const shards = page.requests.filter((url) => url.endsWith(".bin"));
        assert.deepEqual(shards, [], "the server has the model");
      } finally {
        await served.interrupt();
      }
    }), { gpu: false }),
});

/** The bytes of the first picture, by the command line. */
async function sampled(folder: string, model: string): Promise<number[]> {
  const line = `sample ${model} --classes dog --count 2 --seed 3 --batch 4 ` +
    "--steps 250 --png out";
  const { code, err } = await spherear(line.split(" "), { cwd: folder });
  assert.equal(code, 0, err);
  const bytes = await Deno.readFile(join(folder, "out/000000.png"));
  return [...(await decodeRgb(bytes, { name: "0.png" })).data];
}
