/**
 * Takes the pictures of the page that docs/browser.md shows, with the trained
 * tiny model: `deno run -A test/browser/screenshots.ts [FOLDER]`. Minutes.
 *
 * @module
 */
import { join } from "node:path";
import sharp from "sharp";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { ROOT, spherear } from "../stages/run_cli.ts";
import { Chromium } from "./chromium.ts";
import type { BrowserPage, Look } from "./page.ts";
import { click, DRAWN, load, LONG } from "./play.ts";
import { StaticHost } from "./static_host.ts";
import { TINY } from "./tiny.ts";

const DESK = { width: 1280, height: 900 } as const;
const PHONE = { width: 390, height: 844 } as const;

/** Ten pictures of the seed, one of each kind. */
const WISH = "#seed=1&count=10&steps=25&cfg=3";

/** Few colours, so that the repository stays small. */
const PNG = { palette: true, colours: 128, dither: 0, effort: 10 } as const;

const HEART = ".run:first-child li:nth-child(4) .picture";

/** Whether the second of four rows of pieces is shown of the first picture. */
const SECOND_ROW = "document.querySelector('.run canvas').getContext('2d')" +
  ".getImageData(0, 12, 1, 1).data[3] === 255";

/** Puts a site of the model into a folder. */
async function site(folder: string): Promise<string> {
  const path = join(folder, "site");
  const line = ["export", TINY.ar, TINY.svae, "--format", "web", "-o", path];
  const { code, err } = await spherear([...line, "--title", "Emoji"]);
  if (code !== 0) throw new Error(err);
  return path;
}

/** Keeps what the page looks like. */
async function keep(
  page: BrowserPage,
  path: string,
  look: Look,
): Promise<void> {
  await page.look(look);
  // Colours change in a moment.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await sharp(await page.screenshot()).png(PNG).toFile(path);
}

async function takeAll(page: BrowserPage, folder: string): Promise<void> {
  const take = (name: string, look: Look) =>
    keep(page, join(folder, `browser-${name}.png`), look);
  await page.look({ ...PHONE, scheme: "light" });
  await page.until("!document.querySelector('#load').hidden");
  await take("phone", { ...PHONE, scheme: "light" });
  await page.look({ ...DESK, scheme: "light" });
  await load(page);
  await page.evaluate(click("#make"));
  await page.until(SECOND_ROW, LONG);
  await take("drawing", { ...DESK, scheme: "light" });
  await page.until(DRAWN, LONG);
  await take("desk-dark", { ...DESK, scheme: "dark" });
  await page.look({ ...PHONE, scheme: "dark" });
  await page.evaluate("document.querySelector('.wall').scrollIntoView()");
  await take("phone-dark", { ...PHONE, scheme: "dark" });
  await page.look({ ...DESK, scheme: "light" });
  await page.evaluate(click(HEART));
  await page.evaluate("document.querySelectorAll('.cells button')[6].focus()");
  await take("details", { ...DESK, height: 1180, scheme: "light" });
  await page.evaluate("document.querySelector('#details').scrollTop = 0");
  await take("details-phone", { ...PHONE, scheme: "light" });
}

if (import.meta.main) {
  await inFolder(async (folder) => {
    await using host = new StaticHost(await site(folder));
    await using browser = await Chromium.start();
    const page = await browser.open(`${host.address}${WISH}`);
    await takeAll(page, Deno.args[0] ?? join(ROOT, "docs/images"));
  });
}
