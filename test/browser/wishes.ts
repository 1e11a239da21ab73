import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeRgb } from "../../lib/image/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { ROOT } from "../stages/run_cli.ts";
import { inBrowser } from "./chromium.ts";
import type { BrowserPage } from "./page.ts";
import {
  CAPTIONS,
  chooseClass,
  click,
  drawAll,
  DRAWN,
  fill,
  isClose,
  load,
  LONG,
  pick,
  pixelsOf,
  READY,
  savedFile,
} from "./play.ts";
import { smallSite } from "./small_site.ts";
import { StaticHost } from "./static_host.ts";

/** What a person sets, and what an address then says of it. */
const FRAGMENT = "classes=dog%2Cgreen+heart&seed=7&first=5&count=2&cfg=2.5" +
  "&schedule=linear&solver=euler-maruyama&steps=3%3A2";

const SAVED = "green-heart-7-6.png";

/** Sets everything that the form has. */
async function setAll(page: BrowserPage): Promise<void> {
  await chooseClass(page, "og");
  await chooseClass(page, "heart green");
  await page.press("Escape");
  await fill(page, "#count", "2");
  await fill(page, "#seed", "7");
  await page.evaluate(click(".more summary"));
  await fill(page, "#cfg", "2.5");
  await pick(page, "#schedule", "linear");
  await fill(page, "#steps", "3:2");
  await pick(page, "#solver", "euler-maruyama");
  await fill(page, "#first", "5");
}

/** Presses a button of a picture's window by what it says. */
async function press(page: BrowserPage, text: string): Promise<void> {
  await page.evaluate(`[...document.querySelectorAll("#details button")]
    .find(({ textContent }) => textContent === "${text}").click()`);
}

/** Runs a command as it was copied, where the models are, and gives picture 6. */
async function inTerminal(line: string, cwd: string): Promise<Uint8Array> {
  const name = `${Deno.execPath()} run -A --no-check ${join(ROOT, "cli.ts")}`;
  const script = `spherear() { ${name} "$@"; }\n${line}\n`;
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    env: { INIT_CWD: cwd },
    cwd,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return await Deno.readFile(join(cwd, "samples/000006.png"));
}

async function rgb(bytes: Uint8Array): Promise<Uint8Array> {
  return (await decodeRgb(bytes, { name: "picture.png" })).data;
}

Deno.test({
  name: "what a person sets is drawn, and by the copied command and link too",
  ...await inBrowser((browser) =>
    inFolder(async (folder) => {
      await using host = new StaticHost(await smallSite(folder));
      const page = await browser.open(host.address);
      await page.allowCopying();
      await page.downloadTo(folder);
      await load(page);
      await setAll(page);
      assert.equal(await page.evaluate("location.hash"), `#${FRAGMENT}`);
      await drawAll(page);
      const captions = ["dog", "green heart"];
      assert.deepEqual(await page.evaluate(CAPTIONS), captions);
      const pixels = await pixelsOf(page, 1);

      await page.evaluate(click(".run:first-child li:last-child .picture"));
      const facts = await page.evaluate(
        "[...document.querySelectorAll('#details dd')]" +
          ".map(({ textContent }) => textContent)",
      );
      assert.deepEqual(facts, [
        "7, number 6",
        "2.5, growing",
        "3:2, Euler-Maruyama",
      ]);
      await press(page, "Save as PNG");
      const saved = await rgb(await savedFile(join(folder, SAVED)));
      assert.deepEqual([...saved], pixels);
      await press(page, "Copy command");
      const command = await page.copied();
      assert.ok(isClose(await rgb(await inTerminal(command, folder)), saved));
      await press(page, "Copy link");
      const link = await page.copied();
      await press(page, "More like this");
      await page.until(DRAWN, LONG);
      const four = Array(4).fill("green heart");
      assert.deepEqual(await page.evaluate(CAPTIONS), four);

      await page.go("about:blank");
      await page.go(link);
      await page.until(READY, LONG);
      await drawAll(page);
      assert.ok(isClose(await pixelsOf(page), pixels));
      assert.deepEqual(page.errors, []);
    })
  ),
});
