import { parseArgs } from "node:util";
import { openArtifact } from "../../lib/artifact/mod.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { growthOf } from "./growth.ts";
import { runLoad } from "./load.ts";

const HELP = `Usage: deno task load [options] [-- options of serve]

Starts a server and lets clients ask it everything at once: images as JSON, PNG
files and events, each compared with the bytes of the command line; clients that
leave at any moment; oversized and malformed bodies, paths that lead away, other
hosts and origins. Then ends it by ^C while clients still ask. From the end of
a warm-up, in which the heap of JavaScript finds its size, memory must not grow.

Without options of serve (such as --ar FILE --svae FILE --device cpu), a little
model of random weights is served on the CPU.

Options:
  --clients <count>  how many at once (default: 50)
  --warm-up <count>  seconds before memory is watched (default: 180)
  --seconds <count>  how long from then on (default: 240)
  --seed <count>     seed of what clients do (default: 1)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: "string", default: "50" },
    "warm-up": { type: "string", default: "180" },
    seconds: { type: "string", default: "240" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", short: "h" },
  },
});
const clients = Number(values.clients);
const warmUpSeconds = Number(values["warm-up"]);
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const isWrong = !(clients >= 1 && warmUpSeconds >= 0 && seconds >= 1 &&
  Number.isSafeInteger(seed));
if (values.help || isWrong) {
  console.log(HELP);
  Deno.exit(isWrong ? 2 : 0);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** Most that memory may grow, from the first quarter to the last. */
const MOST_GROWTH = 1.1;

const folder = await Deno.makeTempDir({ prefix: "spherear-load-" });
let model = positionals;
if (model.length === 0) {
  await writeModel(folder);
  model = ["--model", `${folder}/model.safetensors`, "--device", "cpu"];
}
const file = model[model.findIndex((word) => /^--(model|ar)$/.test(word)) + 1]!;
const reader = await openArtifact(file);
const classes = (reader.config["classes"] as string[]).length;
reader.close();
const numbers: readonly Readonly<Record<string, string | number>>[] = [
  { steps: 5 },
  { steps: 5, cfg: 1 },
  { steps: 4, cfg: 2.5, solver: "euler-maruyama" },
  { steps: "6:2", cfgSchedule: "linear", cfg: 4 },
];
const settings = numbers.flatMap((body) => [body, { ...body, seed: 7 }]);
const times = { warmUpSeconds, seconds };
const load = { model, classes, clients, seed, settings, folder };
const report = await runLoad({ ...load, ...times, images: 12 });
await Deno.remove(folder, { recursive: true });
const { deeds, busy, images, faults, ended } = report;
const { first, last, largest } = growthOf(report.memory);
console.log(Object.entries(deeds).map((pair) => pair.join(" ")).join(", "));
console.log(`busy ${busy} times; ${images} images as the command line's`);
console.log(
  `memory ${mebibytes(first)} in the first quarter, ${mebibytes(last)} in ` +
    `the last, ${mebibytes(largest)} at most`,
);
console.log(`^C: status ${ended.code} after ${ended.seconds.toFixed(2)} s`);
for (const [fault, times] of faults) console.log(`${times} x ${fault}`);
const isGood = faults.size === 0 && ended.code === 0 && ended.seconds < 5 &&
  last < MOST_GROWTH * first;
console.log(isGood ? "good" : "NOT GOOD");
Deno.exit(isGood ? 0 : 1);
