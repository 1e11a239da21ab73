import assert from "node:assert/strict";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { drawAll, load } from "./play.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** Not in the lock: only this task downloads it. */
const AXE = "npm:axe-core@4.11.0";

const LOOKS = [
  { width: 1280, height: 900, scheme: "light" },
  { width: 1280, height: 900, scheme: "dark" },
  { width: 390, height: 844, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
] as const;

/** What axe-core finds that keeps people out. */
async function findings(page: BrowserPage): Promise<string[]> {
  const found = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, impact, nodes }) =>
      impact + " " + id + " " + nodes.map(({ target }) => target).join()))`);
  return (found as string[]).filter((text) => /^(serious|critical)/.test(text));
}

Deno.test({
  name: "axe-core finds nothing serious on the page and in its window",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const { default: axe } = await import(AXE) as {
        default: { source: string };
      };
      const page = await browser.open(`${host.address}#count=2&steps=1`);
      await page.evaluate(axe.source);
      assert.deepEqual(await findings(page), []);
      await load(page);
      await drawAll(page);
      for (const look of LOOKS) {
        await page.look(look);
        await page.evaluate("document.querySelector('.more').open = true");
        assert.deepEqual(await findings(page), [], JSON.stringify(look));
        await page.evaluate("document.querySelector('.picture').click()");
        assert.deepEqual(await findings(page), [], JSON.stringify(look));
        await page.evaluate("document.querySelector('#details').close()");
      }
    })
  ),
});
