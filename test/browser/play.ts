import type { BrowserPage } from "./page.ts";

/** Seconds that a software GPU may take. */
export const LONG = { seconds: 300 } as const;

/** The line that says what happens. */
export const STATUS = "document.querySelector('#status').textContent";

/** Whether the model is there and the GPU has its programs. */
export const READY = `${STATUS} === 'Ready to draw.'`;

/** Whether pictures are finished. */
export const DRAWN = `/ready\\. Choose one/.test(${STATUS})`;

/** Words below the pictures of the newest run. */
export const CAPTIONS =
  "[...document.querySelectorAll('.run:first-child .caption')]" +
  ".map(({ textContent }) => textContent)";

/** Presses a button, or opens a picture. */
export function click(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)}).click()`;
}

/** Writes into a field in place of what is there, and leaves it. */
export async function fill(
  page: BrowserPage,
  selector: string,
  text: string,
): Promise<void> {
  await page.evaluate(`document.querySelector("${selector}").select()`);
  await page.write(text);
  await page.press("Tab");
}

/** Chooses from a list. */
export async function pick(
  page: BrowserPage,
  selector: string,
  value: string,
): Promise<void> {
  await page.evaluate(`(() => {
    const field = document.querySelector("${selector}");
    field.value = "${value}";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  })()`);
}

/** Searches a class and takes the first that is found. */
export async function chooseClass(
  page: BrowserPage,
  text: string,
): Promise<void> {
  await page.evaluate("document.querySelector('#class-search').focus()");
  await page.write(text);
  await page.press("Enter");
}

/** Downloads the model, as soon as it is offered. */
export async function load(page: BrowserPage): Promise<void> {
  await page.until("!document.querySelector('#load').hidden");
  await page.evaluate(click("#load"));
  await page.until(READY, LONG);
}

/** Draws what the form says. */
export async function drawAll(page: BrowserPage): Promise<void> {
  await page.evaluate(click("#make"));
  await page.until(DRAWN, LONG);
}

/** RGB of a picture on the wall, the newest run first. */
export async function pixelsOf(
  page: BrowserPage,
  position = 0,
): Promise<number[]> {
  return await page.evaluate(`(() => {
    const all = document.querySelectorAll(".run:first-child canvas");
    const { width, height } = all[${position}];
    const context = all[${position}].getContext("2d");
    const { data } = context.getImageData(0, 0, width, height);
    return [...data].filter((_, i) => i % 4 < 3);
  })()`);
}

/** Whether pixels are the same, but for the rounding of another batch or engine. */
export function isClose(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length &&
    Array.from(a).every((value, i) => Math.abs(value - b[i]!) <= 2);
}

/** Waits for a file that the browser saves. */
export async function savedFile(path: string): Promise<Uint8Array> {
  for (let tries = 0; tries < 100; tries++) {
    const bytes = await Deno.readFile(path).catch(() => undefined);
    if (bytes !== undefined) return bytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The browser has not saved "${path}"`);
}
