import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { click, drawAll, load, LONG, pick, READY, STATUS } from "./play.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

function textOf(page: BrowserPage, selector: string): Promise<string> {
  return page.evaluate(`document.querySelector("${selector}").textContent`);
}

/** Shards of a site, by what its description says. */
const SHARDS = "fetch('model.json').then((answer) => answer.json())" +
  ".then(({ shards }) => shards.map(({ file }) => file))";

/** Shards that a page has asked the network for. */
function asked({ requests }: BrowserPage): string[] {
  return requests.filter((url) => url.endsWith(".bin"));
}

Deno.test({
  name: "a model stays in the browser until a button removes it",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await browser.open(`${host.address}#count=1&steps=1`);
      await load(page);
      const shards: string[] = await page.evaluate(SHARDS);
      assert.equal(asked(page).length, shards.length);
      assert.match(await textOf(page, "#model-text"), /works offline\.$/);

      await page.go(host.address);
      await page.until(READY, LONG);
      assert.equal(asked(page).length, shards.length, "read from the browser");

      await page.evaluate(click("#evict"));
      await page.until(`/^Removed from this browser/.test(${STATUS})`);
      const kept = "caches.open('spherear-models')" +
        ".then((cache) => cache.keys()).then(({ length }) => length)";
      assert.equal(await page.evaluate(kept), 0);
      // It draws until its person leaves.
      await drawAll(page);

      await page.go(host.address);
      await page.until("!document.querySelector('#load').hidden");
      assert.equal(await textOf(page, "#status"), WAITS);
      assert.deepEqual(page.errors, []);
    })
  ),
});

const WAITS = "The model waits to be downloaded.";

/** Makes one adapter of the browser look like two, of which one holds little. */
const TWO_ADAPTERS = `{
  const request = GPU.prototype.requestAdapter;
  GPU.prototype.requestAdapter = async function (options = {}) {
    const isSmall = options.powerPreference === "low-power";
    const adapter = await request.call(this);
    const { limits, info } = adapter;
    const own = (name, value) => Object.defineProperty(adapter, name, { value });
    own("info", { ...NAMES(info), description: isSmall ? "Small" : "Large" });
    if (isSmall) own("limits", { maxBufferSize: 1000 });
    return adapter;
  };
  function NAMES({ vendor, architecture, device }) {
    return { vendor, architecture, device, isFallbackAdapter: false };
  }
  const start = Worker.prototype.postMessage;
  globalThis.opened = [];
  Worker.prototype.postMessage = function (message) {
    if (message.type === "open") opened.push(message.adapter);
    start.call(this, message);
  };
}`;

const NO_FIT =
  /^This model does not fit: one piece of it takes \d+ kB, and this GPU gives pages 1 kB at once\. What would fit is a smaller model, or this one exported with --weights-dtype q8\.$/;

Deno.test({
  name: "people choose among GPUs, and hear of one that is too small",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await browser.open("about:blank");
      await page.before(TWO_ADAPTERS);
      await page.go(`${host.address}#count=1&steps=1`);
      await page.until(`${STATUS} === "${WAITS}"`);
      const names = "[...document.querySelector('#gpu').options]" +
        ".map(({ textContent }) => textContent)";
      assert.deepEqual(await page.evaluate(names), ["Large", "Small"]);
      const takes = await textOf(page, "#model-text");
      assert.match(
        takes,
        /^\d+ kB to download once\. It needs about .+ of the/,
      );
      assert.equal(await textOf(page, "#model-trouble"), "");
      await pick(page, "#gpu", "Small");
      assert.match(await textOf(page, "#model-trouble"), NO_FIT);
      await pick(page, "#gpu", "Large");
      assert.equal(await textOf(page, "#model-trouble"), "");

      await load(page);
      await pick(page, "#gpu", "Small");
      await page.until("document.querySelector('#gpu').disabled");
      await page.until(READY, LONG);
      assert.deepEqual(await page.evaluate("opened"), [
        { powerPreference: "high-performance" },
        { powerPreference: "low-power" },
      ]);
      // On a phone what happens is below the form, and comes into sight.
      await page.look({ width: 390, height: 844, scheme: "dark" });
      await drawAll(page);
      const { top, bottom } = await page.evaluate(
        "document.querySelector('#status').getBoundingClientRect().toJSON()",
      );
      assert.ok(top >= 0 && bottom <= 844, `from ${top} to ${bottom}`);
      assert.deepEqual(page.errors, []);
    })
  ),
});
