import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFile } from "../../lib/artifact/mod.ts";
import { pngText } from "../../lib/web/png/png.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import { SMALL_CLASSES, smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** Seconds that a software GPU may take. */
const LONG = { seconds: 300 };

const STATUS = "document.querySelector('#status').textContent";
const READY = `${STATUS} === 'Ready to draw.'`;
const DRAWN = `/ready\\. Choose one/.test(${STATUS})`;
const CAPTIONS = "[...document.querySelectorAll('.run:first-child .caption')]" +
  ".map(({ textContent }) => textContent)";

function click(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)}).click()`;
}

/** The pixels of the first picture of the newest run. */
function pixelsOf(page: BrowserPage): Promise<number[]> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector(".run:first-child canvas");
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return [...data];
  })()`);
}

async function loadAndSearch(page: BrowserPage): Promise<void> {
  await page.until("!document.querySelector('#load').hidden");
  const offer = await page.evaluate(
    "document.querySelector('#load').textContent",
  );
  assert.match(offer, /^Download \d+(\.\d+)? [kM]B$/);
  await page.evaluate(click("#load"));
  await page.until(READY, LONG);
  await page.evaluate("document.querySelector('#class-search').focus()");
  await page.write("HEART");
  await page.press("Enter");
  await page.write("ca");
  await page.press("ArrowDown");
  await page.press("Enter");
  await page.press("Escape");
}

async function drawFour(page: BrowserPage): Promise<void> {
  await page.evaluate(click("#make"));
  await page.until(DRAWN, LONG);
  const two = ["green heart", "cat"];
  assert.deepEqual(await page.evaluate(CAPTIONS), [...two, ...two]);
  assert.equal(
    await page.evaluate("location.hash"),
    "#classes=green+heart%2Ccat",
  );
}

async function cancelOne(page: BrowserPage): Promise<void> {
  const before = await page.evaluate(
    "document.querySelectorAll('.run').length",
  );
  await page.evaluate(`${click("#make")}, ${click("#cancel")}`);
  await page.until(`${STATUS} === 'Cancelled.'`, LONG);
  const after = await page.evaluate("document.querySelectorAll('.run').length");
  assert.equal(after, before);
}

/** Saves the first picture as a person does, and gives the file. */
async function saveFirst(page: BrowserPage, folder: string): Promise<string> {
  await page.downloadTo(folder);
  await page.evaluate(click(".run:first-child .picture"));
  await page.evaluate(click("#details .primary"));
  const name = "green-heart-0-0.png";
  const path = join(folder, name);
  for (let tries = 0; tries < 100; tries++) {
    if (await Deno.stat(path).then(() => true, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await page.press("Escape");
  return path;
}

async function restore(page: BrowserPage, path: string): Promise<void> {
  await page.choose("#restore", path);
  await page.until(`${DRAWN} && ${CAPTIONS}.length === 1`, LONG);
  assert.deepEqual(await page.evaluate(CAPTIONS), ["green heart"]);
  assert.equal(
    await page.evaluate("location.hash"),
    "#classes=green+heart&count=1",
  );
}

Deno.test({
  name: "a person draws, cancels, saves, restores, and goes offline",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      const site = await smallSite(folder);
      const host = new StaticHost(site);
      const page = await browser.open(host.address);
      await loadAndSearch(page);
      await drawFour(page);
      const first = await pixelsOf(page);
      await cancelOne(page);
      const saved = await saveFirst(page, folder);
      const bytes = await Deno.readFile(saved);
      const { className, model } = JSON.parse(pngText(bytes, "spherear")!);
      assert.equal(className, SMALL_CLASSES[2]);
      const svae = await digestFile(join(folder, "svae.safetensors"));
      assert.equal(model.svae, svae);
      await restore(page, saved);
      assert.ok(close(await pixelsOf(page), first));
      await page.evaluate("navigator.serviceWorker.ready.then(() => 1)");
      assert.deepEqual(page.errors, []);
      // The host is gone: what is left is what the browser has kept.
      await host[Symbol.asyncDispose]();
      await page.go(`${host.address}?again#classes=green+heart&count=1`);
      await page.until(READY, LONG);
      await page.evaluate(click("#make"));
      await page.until(DRAWN, LONG);
      assert.ok(close(await pixelsOf(page), first));
    })
  ),
});

/** Whether pixels are the same, but for the rounding of another batch. */
function close(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length &&
    a.every((value, i) => Math.abs(value - b[i]!) <= 2);
}
