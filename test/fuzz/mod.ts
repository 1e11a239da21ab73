import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets/mod.ts";

const HELP = `Usage: deno task fuzz [options] [target...]

Spoils files and runs them through the command line, which must refuse each with
one clear line or take it.

Targets: ${TARGETS.map(({ name }) => name).join(", ")} (all by default)

Options:
  --fresh         another seed than 1, by chance; it is printed
  --seed <count>  seed of the spoiling
  --count <count> files of each target (default: 1000)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    fresh: { type: "boolean" },
    seed: { type: "string" },
    count: { type: "string" },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}
const seed = values.fresh
  ? crypto.getRandomValues(new Uint32Array(1))[0]!
  : Number(values.seed ?? 1);
const count = Number(values.count ?? 1000);
const wanted = TARGETS.filter(({ name }) =>
  positionals.length === 0 || positionals.includes(name)
);
const unknown = positionals.some((name) =>
  !TARGETS.some((target) => target.name === name)
);
if (unknown || !Number.isSafeInteger(seed) || !Number.isSafeInteger(count)) {
  console.error(HELP);
  Deno.exit(2);
}

const folder = await Deno.makeTempDir({ prefix: "spherear-fuzz-" });
console.log(`seed ${seed}, files of faults stay in ${folder}`);
let sound = true;
for (const target of wanted) {
  const place = join(folder, target.name);
  await Deno.mkdir(place);
  const onCases = (done: number) => console.log(`${target.name}: ${done}`);
  const options = { folder: place, seed, count, onCases };
  const { cases, refused, slowestMs, faults } = await fuzz(target, options);
  sound &&= faults.length === 0;
  for (const fault of faults) console.log(fault);
  console.log(
    `${target.name}: ${refused} of ${cases} refused, ${faults.length} faults, ` +
      `the slowest took ${slowestMs} ms`,
  );
}
if (sound) await Deno.remove(folder, { recursive: true });
Deno.exit(sound ? 0 : 1);
