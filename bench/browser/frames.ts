import type { BrowserPage } from "../../test/browser/page.ts";
import { rounded } from "../statistics.ts";

/** A person sees a pause that is longer. */
const SMOOTH_MS = 50;

/** How the frames of a page followed each other. */
export interface Frames {
  readonly count: number;
  readonly longestMs: number;
  /** Those that came later than 50 ms after another. */
  readonly late: number;
}

/** Begins to note when a page paints. */
export async function watchFrames(page: BrowserPage): Promise<void> {
  await page.evaluate(`(() => {
    globalThis.painted = [];
    const note = (time) => {
      globalThis.painted.push(time);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  })()`);
}

/** The frames since the last look, of a page that is watched. */
export async function framesSince(page: BrowserPage): Promise<Frames> {
  const times: readonly number[] = await page.evaluate(
    "globalThis.painted.splice(0, globalThis.painted.length - 1)",
  );
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  return {
    count: gaps.length,
    longestMs: rounded(Math.max(0, ...gaps)),
    late: gaps.filter((gap) => gap > SMOOTH_MS).length,
  };
}
