import { join } from "node:path";
import { parseArgs } from "node:util";
import { RandomStream } from "../../lib/random/mod.ts";
import { digests, killed, run } from "./kill.ts";
import { KILLED } from "./stages.ts";

const HELP = `Usage: deno task kill [options] [stage...]

Kills short runs of every stage at random moments and runs them again until they
end: they must leave the bytes of a run that nobody killed.

Stages: ${KILLED.map(({ name }) => name).join(", ")} (all by default)

Options:
  --fresh         another seed than 1, by chance; it is printed
  --seed <count>  seed of the moments
  --count <count> runs that are killed, in turn of every stage (default: 50)`;

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
const whole = join(folder, "whole");
await Deno.mkdir(whole);
// The heads of an AR model show nowhere in a checkpoint.
await Deno.writeTextFile(join(whole, "sizes.json"), '{"n_head": 3}');
const wanted = [];
for (const stage of KILLED) {
  const { code, said, ms: wholeMs } = await run(stage, { folder: whole });
  if (code !== 0) throw new Error(`${stage.name} ends with ${code}: ${said}`);
  const expected = await digests(stage, whole);
  const isWanted = positionals.length === 0 || positionals.includes(stage.name);
  if (isWanted) wanted.push({ stage, wholeMs, expected });
}
for (let i = 0; i < count; i++) {
  const { stage, ...known } = wanted[i % wanted.length]!;
  const place = join(folder, `killed-${i}`);
  await Deno.mkdir(place);
  const draws = new RandomStream({ seed, stream: "kill", row: i });
  const moments = await killed(stage, { folder: place, draws, ...known });
  console.log(
    `${stage.name}: the same bytes after kills at ${moments.join(", ")} of ` +
      `${Math.round(known.wholeMs)} ms`,
  );
  await Deno.remove(place, { recursive: true });
}
await Deno.remove(folder, { recursive: true });
