/**
 * The GPU engine side by side with onnxruntime-web in Chromium, on one adapter,
 * with the parts of our own exported models.
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { PRESETS } from "../../lib/preset/checked.ts";
import { bundle } from "../../lib/workflow/web/bundle.ts";
import { Chromium } from "../../test/browser/chromium.ts";
import { StaticHost } from "../../test/browser/static_host.ts";
import { milliseconds, ratio } from "../figures.ts";
import { emit } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { timesOf } from "../statistics.ts";
import { SIZES } from "../structure/sizes.ts";
import { addTurns } from "../turns.ts";
import { LIBRARY_NAME, libraryFolder } from "./library.ts";
import type { BrowserModels } from "./parts.ts";
import {
  BROWSER_WORK_NAMES,
  type BrowserAdapter,
  type BrowserOptions,
  type BrowserResult,
  type BrowserWork,
  type Done,
} from "./works.ts";

/** Rows of four images with guidance: what the page draws unless told otherwise. */
const ROWS = 8;

/** The JSON document of the command. */
export interface BrowserDocument extends BrowserOptions {
  readonly browser: string;
  readonly adapter: BrowserAdapter;
  readonly library: string;
  readonly works: Readonly<Partial<Record<BrowserWork, BrowserResult>>>;
}

interface Flags extends BrowserOptions {
  readonly output?: string;
}

/** `bench browser`. */
export function browserCommand(): Command {
  return addTurns(new Command("browser"), BROWSER_WORK_NAMES)
    .description(
      "Compare the GPU engine with onnxruntime-web in Chromium, by the models " +
        "that export writes",
    )
    .addOption(
      new Option("--rows <count>", "images, or rows of the head")
        .argParser(parseCount).default(ROWS),
    )
    .action(async (named: BrowserWork[], { output, ...options }: Flags) => {
      const works = named.length > 0 ? named : BROWSER_WORK_NAMES;
      const document = await compareInBrowser(works, options);
      await emit(document, { text: browserTable(document), output });
    });
}

/** Lets both libraries do each work by turns, in one page. */
async function compareInBrowser(
  names: readonly BrowserWork[],
  options: BrowserOptions,
): Promise<BrowserDocument> {
  const folder = await Deno.makeTempDir();
  try {
    const script = await bundle(import.meta.resolve("./page.ts"));
    await Deno.writeTextFile(join(folder, "page.js"), script);
    await Deno.writeTextFile(
      join(folder, "index.html"),
      '<!doctype html><script type="module" src="page.js"></script>',
    );
    await Deno.symlink(await libraryFolder(), join(folder, "onnxruntime-web"));
    await using host = new StaticHost(folder);
    await using browser = await Chromium.start();
    const page = await browser.open(host.address);
    await page.until("globalThis.compare");
    const models = JSON.stringify(MODELS);
    const works: Partial<Record<BrowserWork, BrowserResult>> = {};
    for (const name of names) {
      console.error(name);
      const args = [JSON.stringify(name), models, JSON.stringify(options)];
      works[name] = await page.evaluate(`compare(${args.join()})`);
    }
    const version = await page.evaluate("navigator.userAgent");
    return {
      browser: /Chrome\/[\d.]+/.exec(version)?.[0] ?? version,
      adapter: await page.evaluate("adapter"),
      library: LIBRARY_NAME,
      ...options,
      works,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const MODELS: BrowserModels = {
  tiny: SIZES.tiny.ar,
  vae: PRESETS.tiny.vae,
  B: SIZES.B.ar,
};

/** Largest relative difference that float32 arithmetic explains. */
const SAME = 1e-3;

const HEAD = [
  "work",
  "library",
  "first ms",
  "ms min",
  "median",
  "times ours",
  "differs",
];

/** A document for people. */
export function browserTable(
  { browser, adapter, library, rows, works }: BrowserDocument,
): string {
  const lines = Object.entries(works).flatMap(([work, result]) => {
    const { spherear, onnxruntime, difference = NaN } = result;
    const ours = [work, "spherear", ...cellsOf(spherear), "1.00", ""];
    if ("missing" in onnxruntime) {
      return [ours, [work, onnxruntime.missing, "", "", "", "", ""]];
    }
    const [theirs, own] = [onnxruntime, spherear]
      .map(({ seconds }) => timesOf(seconds).median);
    const times = theirs! / own!;
    const isSame = difference <= SAME;
    const other = [
      work,
      library,
      ...cellsOf(onnxruntime),
      isSame ? ratio(times) : `(${ratio(times)})`,
      difference.toExponential(1),
    ];
    return [ours, other];
  });
  return [
    `${browser}, ${adapter.description}, ${rows} rows; times ours: above 1 ` +
    "this project is faster, in brackets where the result is another one",
    "",
    ...table([HEAD, ...lines], { right: [2, 3, 4, 5, 6] }),
  ].join("\n");
}

function cellsOf({ firstSeconds, seconds }: Done): string[] {
  const { min, median } = timesOf(seconds);
  return [firstSeconds, min, median].map(milliseconds);
}
