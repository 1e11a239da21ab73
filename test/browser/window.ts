import assert from "node:assert/strict";
import type { SampleJob } from "../../lib/web/session/messages.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { DRAWN, LONG, READY } from "./play.ts";
import { sampleInWorker } from "./sampling.ts";
import { SMALL, smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

const JOB: SampleJob = {
  seed: 0,
  images: [{ label: 0, index: 0 }],
  choice: { solver: "euler", steps: 1, cfg: 3, cfgSchedule: "constant" },
};

const ADDRESS = "#classes=cat&count=1&steps=1&cfg=3&schedule=constant";

/** Goes by the tab key to what a selector names. */
async function tabTo(page: BrowserPage, selector: string): Promise<void> {
  for (let stops = 0; stops < 40; stops++) {
    await page.press("Tab");
    const isThere = `document.activeElement.matches(${
      JSON.stringify(selector)
    })`;
    if (await page.evaluate(isThere)) return;
  }
  throw new Error(`The tab key does not come to ${selector}`);
}

/** Lengths of tokens, and the angles between neighbours in degrees. */
function anglesOf(tokens: Float32Array): { norms: number[]; turns: number[] } {
  const { latent_dim: width } = SMALL.ar.config;
  const rows = Array.from(
    { length: tokens.length / width },
    (_, i) => [...tokens.subarray(i * width, (i + 1) * width)],
  );
  const norms = rows.map((row) => Math.hypot(...row));
  const turns = rows.slice(1).map((row, i) => {
    const dot = row.reduce((sum, value, k) => sum + value * rows[i]![k]!, 0);
    return Math.acos(dot / (norms[i]! * norms[i + 1]!)) * 180 / Math.PI;
  });
  return { norms, turns };
}

const READING = "document.querySelector('.reading').textContent";

/** What the panel says of a piece, by the tokens. */
function saidOf(piece: number, { norms, turns }: ReturnType<typeof anglesOf>) {
  const length = `Piece ${piece + 1}: ${norms[piece]!.toFixed(3)} long`;
  return piece === 0
    ? `${length}. It is the first, so it turned from nothing.`
    : `${length}, turned by ${Math.round(turns[piece - 1]!)}° from the one ` +
      "before.";
}

/** Loads the model and draws a picture, with the keyboard alone. */
async function drawByKeys(page: BrowserPage): Promise<void> {
  await page.until("!document.querySelector('#load').hidden");
  await tabTo(page, "#load");
  await page.press("Enter");
  await page.until(READY, LONG);
  await tabTo(page, "#make");
  await page.press("Enter");
  await page.until(DRAWN, LONG);
  await tabTo(page, ".picture");
  await page.press("Enter");
  assert.ok(await page.evaluate("document.querySelector('#details').open"));
}

Deno.test({
  name: "the keyboard alone draws a picture and looks into it",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await browser.open(`${host.address}${ADDRESS}`);
      await drawByKeys(page);
      const { tokens } = await sampleInWorker(page, JOB);
      const angles = anglesOf(tokens[0]!);
      const [least, most] = [Math.min, Math.max]
        .map((pick) => Math.round(pick(...angles.turns)));
      assert.equal(
        await page.evaluate(READING),
        "4 pieces, all 2.000 long; from one to the next they turn by " +
          `${least}° to ${most}°.`,
      );
      const spokes = "document.querySelectorAll('.spoke').length";
      assert.equal(await page.evaluate(spokes), 3);
      await tabTo(page, ".cells button");
      assert.equal(await page.evaluate(READING), saidOf(0, angles));
      const way = { ArrowRight: 1, ArrowDown: 3, ArrowLeft: 2, ArrowUp: 0 };
      for (const [key, piece] of Object.entries(way)) {
        await page.press(key);
        assert.equal(await page.evaluate(READING), saidOf(piece, angles));
      }
      await page.press("Escape");
      assert.ok(
        !await page.evaluate("document.querySelector('#details').open"),
      );
      assert.deepEqual(page.errors, []);
    })
  ),
});
