import assert from "node:assert/strict";
import { join } from "node:path";
import { digestFile } from "../../lib/artifact/mod.ts";
import { pngText } from "../../lib/web/png/png.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import {
  CAPTIONS,
  click,
  drawAll,
  DRAWN,
  isClose,
  load,
  LONG,
  pixelsOf,
  READY,
  savedFile,
  STATUS,
} from "./play.ts";
import { SMALL_CLASSES, smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** Keeps what the page says below its bar. */
const LISTEN = `{
  globalThis.said = [];
  const time = document.querySelector("#time");
  new MutationObserver(() => said.push(time.textContent))
    .observe(time, { childList: true });
}`;

/** How far each part of the work is, and what is known of its end. */
const WAYS = [
  /^\d+ kB of \d+ kB/,
  /^\d+ of \d+ programs$/,
  /^\d+ of 16 pieces, (a moment|\d+ s) left$/,
];

async function loadAndSearch(page: BrowserPage): Promise<void> {
  await page.until("!document.querySelector('#load').hidden");
  const offer = await page.evaluate(
    "document.querySelector('#load').textContent",
  );
  assert.match(offer, /^Download \d+(\.\d+)? [kM]B$/);
  await load(page);
  await page.evaluate("document.querySelector('#class-search').focus()");
  await page.write("HEART");
  await page.press("Enter");
  await page.write("ca");
  await page.press("ArrowDown");
  await page.press("Enter");
  await page.press("Escape");
}

async function drawFour(page: BrowserPage): Promise<void> {
  await drawAll(page);
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
  const path = join(folder, "green-heart-0-0.png");
  await savedFile(path);
  await page.press("Escape");
  return path;
}

async function restore(page: BrowserPage, path: string): Promise<void> {
  await page.drop(path);
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
      await page.evaluate(LISTEN);
      await loadAndSearch(page);
      await drawFour(page);
      const said: string[] = await page.evaluate("said");
      for (const way of WAYS) assert.ok(said.some((text) => way.test(text)));
      const first = await pixelsOf(page);
      await cancelOne(page);
      const saved = await saveFirst(page, folder);
      const bytes = await Deno.readFile(saved);
      const { className, model } = JSON.parse(pngText(bytes, "spherear")!);
      assert.equal(className, SMALL_CLASSES[2]);
      const svae = await digestFile(join(folder, "svae.safetensors"));
      assert.equal(model.svae, svae);
      await restore(page, saved);
      assert.ok(isClose(await pixelsOf(page), first));
      await page.evaluate("navigator.serviceWorker.ready.then(() => 1)");
      assert.deepEqual(page.errors, []);
      // The host is gone: what is left is what the browser has kept.
      await host[Symbol.asyncDispose]();
      await page.go(`${host.address}?again#classes=green+heart&count=1`);
      await page.until(READY, LONG);
      await drawAll(page);
      assert.ok(isClose(await pixelsOf(page), first));
    })
  ),
});
