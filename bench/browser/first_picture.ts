import { join } from "node:path";
import { Command, Option } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { Chromium } from "../../test/browser/chromium.ts";
import { click, DRAWN, LONG, READY } from "../../test/browser/play.ts";
import { StaticHost } from "../../test/browser/static_host.ts";
import { spherear } from "../../test/stages/run_cli.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { timesOf } from "../statistics.ts";
import { type Frames, framesSince, watchFrames } from "./frames.ts";

/** What a person waits for, one after another: what is pressed, and until when. */
const PARTS = {
  page: { until: "!document.querySelector('#load')?.hidden" },
  "model and GPU": {
    press: "#load",
    until:
      "/^Ready on/.test(document.querySelector('#model-text').textContent)",
  },
  kernels: { until: READY },
  pictures: { press: "#make", until: DRAWN },
} as const satisfies Record<string, { press?: string; until: string }>;

/** One of them. */
type Part = keyof typeof PARTS;

const PART_NAMES = Object.keys(PARTS) as readonly Part[];

/** Seconds by the clock and of processors, and frames, round by round. */
interface Spent {
  readonly seconds: number[];
  readonly processorSeconds: number[];
  readonly frames: Frames[];
}

/** The JSON document of the command. */
export interface FirstPictureDocument {
  readonly wish: string;
  readonly parts: Readonly<Record<Part, Spent>>;
}

interface Flags {
  readonly ar: string;
  readonly svae: string;
  readonly count: number;
  readonly steps: number;
  readonly rounds: number;
  readonly output?: string;
}

/** `bench first-picture`. */
export function firstPictureCommand(): Command {
  return new Command("first-picture")
    .description(
      "What passes in Chromium from an address to the first pictures, with " +
        "nothing kept from before",
    )
    .requiredOption("--ar <file>", "a trained AR model")
    .requiredOption("--svae <file>", "a trained S-VAE")
    .addOption(
      new Option("--count <images>", "pictures")
        .argParser(parseCount).default(1),
    )
    .addOption(
      new Option("--steps <count>", "solver steps of a token")
        .argParser(parseCount).default(12),
    )
    .addOption(
      new Option("--rounds <count>", "browsers, each a new one")
        .argParser(parseCount).default(3),
    )
    .option(...OUTPUT)
    .action(async ({ output, ...flags }: Flags) => {
      const document = await timeFirstPicture(flags);
      await emit(document, { text: firstPictureTable(document), output });
    });
}

/** Lets new browsers open a site of the model, one after another. */
async function timeFirstPicture(
  { ar, svae, count, steps, rounds }: Flags,
): Promise<FirstPictureDocument> {
  const folder = await Deno.makeTempDir();
  try {
    const site = join(folder, "site");
    const line = ["export", ar, svae, "--format", "web", "-o", site];
    const { code, err } = await spherear(line, { cwd: Deno.cwd() });
    if (code !== 0) throw new Error(err);
    const wish = `count=${count}&steps=${steps}`;
    await using host = new StaticHost(site);
    const parts = Object.fromEntries(
      PART_NAMES.map((name) =>
        [name, { seconds: [], processorSeconds: [], frames: [] }] as const
      ),
    ) as unknown as Record<Part, Spent>;
    for (let round = 0; round < rounds; round++) {
      console.error(`round ${round + 1} of ${rounds}`);
      await timeRound(`${host.address}#${wish}`, parts);
    }
    return { wish, parts };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function timeRound(
  address: string,
  parts: Readonly<Record<Part, Spent>>,
): Promise<void> {
  await using browser = await Chromium.start();
  const page = await browser.open("about:blank");
  let [clock, processor] = await clocks(browser);
  await page.go(address);
  await watchFrames(page);
  for (const name of PART_NAMES) {
    const { until, press }: { until: string; press?: string } = PARTS[name];
    if (press !== undefined) await page.evaluate(click(press));
    await page.until(until, LONG);
    const [now, used] = await clocks(browser);
    parts[name].seconds.push(now - clock);
    parts[name].processorSeconds.push(used - processor);
    parts[name].frames.push(await framesSince(page));
    [clock, processor] = [now, used];
  }
}

/** Seconds of the clock and of the browser's processors. */
async function clocks(browser: Chromium): Promise<[number, number]> {
  const used = await browser.processorSeconds();
  return [performance.now() / 1000, used];
}

const HEAD = [
  "part",
  "s min",
  "median",
  "processor s min",
  "median",
  "frames",
  "late",
  "longest ms",
];

/** A document for people. */
export function firstPictureTable(
  { wish, parts }: FirstPictureDocument,
): string {
  const rows = PART_NAMES.map((name) => [
    name,
    ...cellsOf(parts[name]),
    ...frameCells(parts[name].frames),
  ]);
  const whole = (key: "seconds" | "processorSeconds") =>
    parts.page[key].map((_, round) =>
      PART_NAMES.reduce((sum, name) => sum + parts[name][key][round]!, 0)
    );
  const all = {
    seconds: whole("seconds"),
    processorSeconds: whole("processorSeconds"),
  };
  return [
    `From an address to pictures in a new browser, ${wish}`,
    "",
    ...table([HEAD, ...rows, ["all", ...cellsOf(all), "", "", ""]], {
      right: HEAD.keys().drop(1).toArray(),
    }),
  ].join("\n");
}

function cellsOf(
  { seconds, processorSeconds }: Pick<Spent, "seconds" | "processorSeconds">,
): string[] {
  return [seconds, processorSeconds].flatMap((times) => {
    const { min, median } = timesOf(times);
    return [min.toFixed(1), median.toFixed(1)];
  });
}

/** Frames of all rounds together, and the latest of them. */
function frameCells(rounds: readonly Frames[]): string[] {
  const sum = (of: (frames: Frames) => number) =>
    rounds.reduce((whole, frames) => whole + of(frames), 0);
  const longest = Math.max(...rounds.map(({ longestMs }) => longestMs));
  return [sum(({ count }) => count), sum(({ late }) => late), longest]
    .map((value) => value.toFixed(0));
}
