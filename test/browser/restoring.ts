import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng, withPngText } from "../../lib/image/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { CAPTIONS, click, DRAWN, LONG, pick, STATUS } from "./play.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** What the PNG of another model says: this one draws another picture of the class. */
const RECIPE = {
  seed: 4,
  index: 2,
  className: "dog",
  solver: "euler",
  steps: 1,
  cfg: 3,
  cfgSchedule: "constant",
  model: { model: "of others" },
};

const OTHER =
  "It was made by another model, so this one draws another picture.";

/** Writes a grey picture, with a recipe or without. */
async function pictureIn(
  folder: string,
  recipe?: Readonly<Record<string, unknown>>,
): Promise<string> {
  const path = join(folder, `${recipe?.["className"] ?? "plain"}.png`);
  const data = new Uint8Array(3).fill(127);
  const png = await encodePng({ width: 1, height: 1, channels: 3, data });
  const text = JSON.stringify(recipe);
  await Deno.writeFile(
    path,
    recipe ? withPngText(png, { keyword: "spherear", text }) : png,
  );
  return path;
}

/** Waits until the newest run is finished and is one picture of a class. */
async function drawn(page: BrowserPage, className: string): Promise<void> {
  await page.until(`${DRAWN} && ${CAPTIONS}.join() === "${className}"`, LONG);
}

Deno.test({
  name: "a picture that is given early or in between is drawn in its turn",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await browser.open(host.address);
      await page.until("!document.querySelector('#load').hidden");
      await page.choose("#restore", await pictureIn(folder));
      await page.until(
        `${STATUS} === '"plain.png" does not say how it was made.'`,
      );
      const stranger = { ...RECIPE, className: "gnu" };
      await page.drop(await pictureIn(folder, stranger));
      await page.until(`/this model knows no "gnu"\\./.test(${STATUS})`);

      await page.choose("#restore", await pictureIn(folder, RECIPE));
      await page.until(`/as soon as the model is here/.test(${STATUS})`);
      const trouble = "document.querySelector('#model-trouble').textContent";
      assert.equal(await page.evaluate(trouble), OTHER);
      await page.evaluate(click("#load"));
      await drawn(page, "dog");
      const hash = "#classes=dog&seed=4&first=2&count=1&steps=1";
      assert.equal(await page.evaluate("location.hash"), hash);

      // Another one is dropped while sixteen pictures are in the making.
      await pick(page, "#count", "16");
      await page.evaluate(click("#make"));
      await page.drop(await pictureIn(folder, { ...RECIPE, className: "cat" }));
      await drawn(page, "cat");
      assert.deepEqual(page.errors, []);
    })
  ),
});
