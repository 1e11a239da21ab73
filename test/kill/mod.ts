import { join } from "node:path";
import { parseArgs } from "node:util";
import { RandomStream } from "../../lib/random/mod.ts";
import {
  canRun,
  killedRun,
  killsText,
  runWhole,
  type WholeRun,
} from "./killed_runs.ts";
import { KILLED } from "./rows/mod.ts";

const HELP = `Usage: deno task kill [options] [run...]

Kills short runs at random moments, one to three times each, and runs them again
until they end: they must leave the files of a run that nobody killed, byte for
byte.

Runs: ${KILLED.map(({ name }) => name).join(", ")} (all by default)

Options:
  --fresh         another seed than 1, by chance; it is printed
  --seed <count>  seed of the moments
  --count <count> how many are killed, each in turn (default: 50)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fresh: { type: "boolean" },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "50" },
    help: { type: "boolean", short: "h" },
  },
});
const seed = values.fresh
  ? crypto.getRandomValues(new Uint32Array(1))[0]!
  : Number(values.seed);
const count = Number(values.count);
const names = KILLED.map(({ name }) => name);
const isWrong = !Number.isSafeInteger(seed) || !Number.isSafeInteger(count) ||
  positionals.some((name) => !names.includes(name));
if (values.help || isWrong) {
  console.log(HELP);
  Deno.exit(isWrong ? 2 : 0);
}

const folder = await Deno.makeTempDir({ prefix: "spherear-kill-" });
console.log(`seed ${seed}, in ${folder}`);
const possible = KILLED.filter(canRun).map(({ name }) => name);
if (possible.length < names.length) console.log("no MPI: no runs by ranks");
const asked = positionals.length === 0 ? possible : positionals;
const last = Math.max(...asked.map((name) => names.indexOf(name)));
const wanted: WholeRun[] = [];
for (const row of KILLED.slice(0, last + 1).filter(canRun)) {
  const whole = await runWhole(row, join(folder, row.name));
  console.log(`${row.name}: ${Math.round(whole.wholeMs)} ms`);
  if (asked.includes(row.name)) wanted.push(whole);
}
let hits = 0;
for (let i = 0; i < count; i++) {
  const whole = wanted[i % wanted.length]!;
  const place = join(folder, `killed-${i}`);
  const draws = new RandomStream({ seed, stream: "kill", row: i });
  const kills = await killedRun(whole, { folder: place, draws });
  hits += kills.length;
  console.log(
    `${whole.row.name}: the same bytes after kills at ${killsText(kills)}`,
  );
  await Deno.remove(place, { recursive: true });
}
console.log(`${count} runs, killed ${hits} times: the same bytes`);
await Deno.remove(folder, { recursive: true });
