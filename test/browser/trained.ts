import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { ROOT, spherear } from "../stages/run_cli.ts";
import { inBrowser } from "./chromium.ts";
import { sampleInWorker } from "./sampling.ts";
import { StaticHost } from "./static_host.ts";

/** A finished run of the tiny pipeline; SPHEREAR_TINY names another folder. */
const RUN = Deno.env.get("SPHEREAR_TINY") ?? join(ROOT, "runs/tiny");

/** Few steps: what differs between engines shows in one step. */
const STEPS = 4;

const SEEDS = [0, 1, 2, 3];

const TOLERANCE = { tokens: 1e-3, pixels: 2 } as const;

const models = ["ar", "svae"].map((name) => join(RUN, `${name}.safetensors`));
const isTrained = models.every((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});
if (!isTrained) console.warn(`Nothing is compared: ${RUN} holds no models`);

async function run(line: readonly string[], folder: string): Promise<void> {
  const { code, err } = await spherear(line, { cwd: folder });
  assert.equal(code, 0, err);
}

/** Tokens and pixels of the CPU engine, all images end to end. */
async function onCpu(seed: number, folder: string) {
  const [ar, svae] = models as [string, string];
  const file = join(folder, `${seed}.safetensors`);
  await run([
    ...["sample", "--ar", ar, "--svae", svae, "--device", "cpu"],
    ...["--seed", String(seed), "--count", "10", "--steps", String(STEPS)],
    ...["--cfg", "3", "--cfg-schedule", "constant", "--solver", "euler"],
    ...["-o", file],
  ], folder);
  const reader = await openArtifact(file);
  try {
    const tokens = (await reader.read("tokens")).data;
    return { tokens, pixels: (await reader.read("images")).data };
  } finally {
    reader.close();
  }
}

function farthest(a: readonly ArrayLike<number>[], b: ArrayLike<number>) {
  const all = a.flatMap((part) => Array.from(part));
  assert.equal(all.length, b.length);
  return all.reduce((most, value, i) => {
    const distance = Math.abs(value - b[i]!);
    return distance <= most ? most : distance;
  }, 0);
}

const { fn, ignore } = await inBrowser((browser) =>
  inFolder(async (folder) => {
    const site = join(folder, "site");
    await run([
      ...["export", ...models, "--format", "web", "-o", site],
      ...["--weights-dtype", "f32"],
    ], folder);
    await using host = new StaticHost(site);
    const page = await browser.open(host.address);
    for (const seed of SEEDS) {
      const images = Array.from({ length: 10 }, (_, i) => ({
        label: i,
        index: i,
      }));
      const found = await sampleInWorker(page, {
        seed,
        images,
        choice: {
          solver: "euler",
          steps: STEPS,
          cfg: 3,
          cfgSchedule: "constant",
        },
      });
      const expected = await onCpu(seed, folder);
      const tokens = farthest(found.tokens, expected.tokens);
      const pixels = farthest(found.pixels, expected.pixels);
      console.log(`seed ${seed}: tokens ${tokens}, pixels ${pixels}`);
      assert.ok(tokens <= TOLERANCE.tokens);
      assert.ok(pixels <= TOLERANCE.pixels);
    }
  })
);

Deno.test({
  name: "the tiny model samples in the browser what it samples on the CPU",
  ignore: ignore! || !isTrained,
  fn,
});
