import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Accuracy,
  accuracyOf,
  type Made,
} from "../../bench/weights/accuracy.ts";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { type HostTensor, hostTensor } from "../../lib/tensor/mod.ts";
import {
  WEIGHTS_DTYPES,
  type WeightsDType,
} from "../../lib/workflow/options/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { spherear } from "../stages/run_cli.ts";
import { type Chromium, inBrowser } from "./chromium.ts";
import { sampleInWorker, type WorkerResult } from "./sampling.ts";
import { StaticHost } from "./static_host.ts";
import { isTrained, TINY } from "./tiny.ts";

/** Few steps: what differs between engines shows in one step. */
const STEPS = 4;

const SEEDS = [0, 1, 2, 3];

const IMAGES = Array.from({ length: 10 }, (_, i) => ({ label: i, index: i }));

/** How far engines are apart that hold the same numbers. */
const SAME = { tokens: 1e-3, pixels: 2 } as const;

/**
 * How far fewer bits lead from f32 at most, as docs/browser.md says: twice as
 * far as docs/devices.md has measured, which is 6 dB.
 */
const FEWER_BITS = {
  f16: { tokenDistance: 0.018, pixelDecibels: 59 },
  q8: { tokenDistance: 0.152, pixelDecibels: 35 },
} as const;

async function run(line: readonly string[], folder: string): Promise<void> {
  const { code, err } = await spherear(line, { cwd: folder });
  assert.equal(code, 0, err);
}

/** Tokens and images of the CPU engine, all seeds one after another. */
async function onCpu(weights: WeightsDType, folder: string): Promise<Made[]> {
  const made: Made[] = [];
  for (const seed of SEEDS) {
    const file = join(folder, `${weights}-${seed}.safetensors`);
    await run([
      ...["sample", "--ar", TINY.ar, "--svae", TINY.svae, "--device", "cpu"],
      ...["--seed", String(seed), "--count", String(IMAGES.length)],
      ...["--steps", String(STEPS), "--weights-dtype", weights],
      ...["--cfg", "3", "--cfg-schedule", "constant", "--solver", "euler"],
      ...["-o", file],
    ], folder);
    const reader = await openArtifact(file);
    const tokens = await reader.read("tokens");
    const images = await reader.read("images") as Made["images"];
    made.push({ tokens, images });
    reader.close();
  }
  return made;
}

/** What the page's worker makes of the same seeds, from a site of its own. */
async function inChromium(
  browser: Chromium,
  { weights, folder }: { weights: WeightsDType; folder: string },
): Promise<WorkerResult[]> {
  const site = join(folder, weights);
  await run([
    ...["export", TINY.ar, TINY.svae, "--format", "web", "-o", site],
    ...["--weights-dtype", weights],
  ], folder);
  await using host = new StaticHost(site);
  const page = await browser.open(host.address);
  const made: WorkerResult[] = [];
  for (const seed of SEEDS) {
    const choice = {
      solver: "euler",
      steps: STEPS,
      cfg: 3,
      cfgSchedule: "constant",
    } as const;
    made.push(await sampleInWorker(page, { seed, images: IMAGES, choice }));
  }
  await page.close();
  return made;
}

/** What a worker told as tensors, in the shapes of others. */
function tensorsOf({ tokens, pixels }: WorkerResult, like: Made): Made {
  const numbers = Float32Array.from(tokens.flatMap((part) => [...part]));
  const bytes = Uint8Array.from(pixels.flatMap((part) => [...part]));
  return {
    tokens: hostTensor("f32", like.tokens.shape, numbers),
    images: hostTensor("u8", like.images.shape, bytes),
  };
}

/** The images of all seeds as those of one. */
function joined(all: readonly Made[]): Made {
  const rowsOf = (of: (made: Made) => HostTensor) => {
    const parts = all.map(of);
    const [count, ...row] = parts[0]!.shape;
    const data = parts.flatMap(({ data }) => [...data]);
    return { shape: [all.length * count!, ...row], data };
  };
  const tokens = rowsOf((made) => made.tokens);
  const images = rowsOf((made) => made.images);
  return {
    tokens: hostTensor("f32", tokens.shape, Float32Array.from(tokens.data)),
    images: hostTensor("u8", images.shape, Uint8Array.from(images.data)),
  };
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((most, value, i) => {
    const distance = Math.abs(value - b[i]!);
    return distance <= most ? most : distance;
  }, 0);
}

/** The farthest token and pixel must be the engines' own rounding. */
function checkSame(name: string, found: Made, expected: Made): void {
  const tokens = farthest(found.tokens.data, expected.tokens.data);
  const pixels = farthest(found.images.data, expected.images.data);
  console.log(`${name}: tokens ${tokens}, pixels ${pixels}`);
  assert.ok(tokens <= SAME.tokens);
  assert.ok(pixels <= SAME.pixels);
}

/** Images of fewer bits may be others, within what the documents say. */
function checkClose(
  name: string,
  { found, exact, bound }: {
    readonly found: Made;
    readonly exact: Made;
    readonly bound: Accuracy;
  },
): void {
  const { tokenDistance, pixelDecibels } = accuracyOf(found, exact);
  console.log(
    `${name}: from f32 tokens ${tokenDistance}, images ${pixelDecibels} dB`,
  );
  assert.ok(tokenDistance <= bound.tokenDistance);
  assert.ok(pixelDecibels >= bound.pixelDecibels);
}

const { fn, ignore } = await inBrowser((browser) =>
  inFolder(async (folder) => {
    const exact = await onCpu("f32", folder);
    const same: Record<WeightsDType, readonly Made[] | undefined> = {
      f32: exact,
      f16: await onCpu("f16", folder),
      // The CPU engine rounds the other side of products with q8, too.
      q8: undefined,
    };
    for (const weights of WEIGHTS_DTYPES) {
      const told = await inChromium(browser, { weights, folder });
      const found = told.map((each, i) => tensorsOf(each, exact[i]!));
      for (const [i, expected] of (same[weights] ?? []).entries()) {
        checkSame(`${weights}, seed ${SEEDS[i]}`, found[i]!, expected);
      }
      if (weights === "f32") continue;
      // Together, as the bounds were measured: an image alone may go astray.
      const bound = FEWER_BITS[weights];
      const images = { found: joined(found), exact: joined(exact) };
      checkClose(weights, { ...images, bound });
    }
  })
);

Deno.test({
  name: "the tiny model samples in the browser what it samples on the CPU",
  ignore: ignore! || !isTrained,
  fn,
});
