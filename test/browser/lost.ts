import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { type Chromium, inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { click, DRAWN, LONG, READY, STATUS } from "./play.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

const TROUBLE = "document.querySelector('#model-trouble').textContent";
const MAKE = click("#make");

/** Bytes of all pictures of the newest run. */
function pixelsOf(page: BrowserPage): Promise<number[]> {
  return page.evaluate(`
    [...document.querySelectorAll(".run:first-child canvas")]
      .flatMap((canvas) => {
        const { width, height } = canvas;
        const context = canvas.getContext("2d");
        return [...context.getImageData(0, 0, width, height).data];
      })`);
}

/** The page, with its model as soon as somebody asked for it. */
async function opened(browser: Chromium, { address }: StaticHost) {
  const page = await browser.open(
    `${address}#classes=dog&count=2&steps=250`,
  );
  await page.until("!document.querySelector('#load').hidden");
  await page.evaluate("document.querySelector('#load').click()");
  return page;
}

Deno.test({
  name: "a page whose GPU goes away says so, gets it back and draws the same",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await opened(browser, host);
      await page.until(READY, LONG);
      await page.evaluate(MAKE);
      await page.until(DRAWN, LONG);
      const expected = await pixelsOf(page);
      assert.equal(await page.evaluate(TROUBLE), "");
      await page.evaluate(MAKE);
      await page.until(`${STATUS} === 'Drawing'`, LONG);
      await browser.crashGpu();
      await page.until(`${TROUBLE} !== ""`, LONG);
      assert.match(await page.evaluate(TROUBLE), /GPU went away .* again\.$/);
      await page.until(DRAWN, LONG);
      assert.deepEqual(await pixelsOf(page), expected);
      assert.deepEqual(page.errors, []);
    })
  ),
});

Deno.test({
  name: "a page whose GPU goes away while it gets ready gets it back, once",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await opened(browser, host);
      await page.until(`${STATUS} === 'Getting the GPU ready'`, LONG);
      await browser.crashGpu();
      await page.until(READY, LONG);
      assert.match(await page.evaluate(TROUBLE), /GPU went away/);
      // Chromium gives a page no GPU for two minutes after its second loss.
      await browser.crashGpu();
      await page.evaluate(MAKE);
      await page.until(`/in a few minutes\\.$/.test(${STATUS})`, LONG);
      assert.ok(
        await page.evaluate("!document.querySelector('#make').disabled"),
      );
      assert.deepEqual(page.errors, []);
    })
  ),
});
