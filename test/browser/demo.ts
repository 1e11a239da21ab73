import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { spherear } from "../stages/run_cli.ts";
import { inBrowser } from "./chromium.ts";
import { drawAll, LONG, READY } from "./play.ts";
import { smallSite } from "./small_site.ts";

Deno.test({
  name: "a page of one file samples from the disk and asks nobody",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await smallSite(folder);
      const line = "demo --ar ar.safetensors --svae svae.safetensors " +
        "-o demo.html --device cpu";
      const { code, err } = await spherear(line.split(" "), { cwd: folder });
      assert.equal(code, 0, err);
      const address = pathToFileURL(join(folder, "demo.html")).href;
      const page = await browser.open(`${address}#count=1&steps=2`);
      await page.until(READY, LONG);
      await drawAll(page);
      const asked = page.requests.filter((url) => !url.startsWith("blob:"));
      assert.deepEqual(asked.map((url) => url.replace(/#.*/, "")), [address]);
      assert.deepEqual(page.errors, []);
    })
  ),
});
