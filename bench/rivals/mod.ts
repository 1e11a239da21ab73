/**
 * The GPU engine side by side with other libraries on the same adapter: jax-js
 * and onnxruntime-web, which are downloaded at the first use.
 *
 * @module
 */
import { join } from "node:path";
import { Command, Option } from "commander";
import { table } from "../../lib/pipeline/mod.ts";
import { giga, milliseconds, ratio } from "../figures.ts";
import { emit } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import { SIZE_NAMES } from "../structure/sizes.ts";
import { addTurns } from "../turns.ts";
import type { RivalDocument, RivalOptions } from "./all.ts";
import type { RivalResult } from "./compare.ts";
import { RIVAL_WORK_NAMES, type RivalWork } from "./rival.ts";

const ROOT = join(import.meta.dirname!, "../..");

interface Flags extends RivalOptions {
  readonly output?: string;
}

/** `bench jax`. */
export function rivalsCommand(): Command {
  return addTurns(new Command("jax"), RIVAL_WORK_NAMES)
    .description(
      "Compare the GPU engine with jax-js and onnxruntime-web on this adapter",
    )
    .addOption(
      new Option("--size <model>", "whose shapes; a software adapter is slow")
        .choices(SIZE_NAMES).default("B"),
    )
    .addOption(
      new Option("--batch <count>", "images at once in all but few-rows")
        .argParser(parseCount),
    )
    .action(async (named: RivalWork[], { output, ...flags }: Flags) => {
      const works = named.length > 0 ? named : RIVAL_WORK_NAMES;
      const document = await compareApart(works, flags);
      await emit(document, { text: rivalTable(document), output });
    });
}

/**
 * Compares in a process of its own, with a copy of the lock file: the libraries
 * are of no concern to users, whose lock they would enter.
 */
async function compareApart(
  works: readonly RivalWork[],
  options: RivalOptions,
): Promise<RivalDocument> {
  const folder = await Deno.makeTempDir();
  try {
    const lock = join(folder, "deno.lock");
    await Deno.copyFile(join(ROOT, "deno.lock"), lock);
    const config = join(ROOT, "deno.json");
    const child = join(import.meta.dirname!, "child.ts");
    const request = JSON.stringify({ works, options });
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", config, "--lock", lock, child, request],
      stdout: "piped",
      stderr: "inherit",
    });
    const { code, stdout } = await command.output();
    if (code === 0) return JSON.parse(new TextDecoder().decode(stdout));
    throw new Error(`The process that compares ended with status ${code}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Largest relative difference that float32 arithmetic explains. */
const SAME = 1e-3;

const HEAD = [
  "work",
  "library",
  "first ms",
  "ms min",
  "median",
  "GFLOP/s",
  "times ours",
  "differs",
];

/** A document for people. */
export function rivalTable(
  { size, sizes, rivals, works }: RivalDocument,
): string {
  const rows = Object.entries(works).flatMap(([work, results]) => {
    const [ours] = Object.values(results);
    return Object.entries(results)
      .filter(([, result]) => !("missing" in result))
      .map(([name, result]) => [work, name, ...cellsOf(result, ours!)]);
  });
  const notes = Object.entries(works).flatMap(([work, results]) =>
    Object.entries(results).flatMap(([name, result]) =>
      noteOf(result).map((note) => `${work} with ${name}: ${note}`)
    )
  );
  return [
    ...Object.values(rivals),
    `Shapes of ${size}, batch ${sizes.batch}; ` +
    "times ours: above 1 this project is faster",
    "",
    ...table([HEAD, ...rows], { right: [2, 3, 4, 5, 6, 7] }),
    ...notes,
  ].join("\n");
}

/** What a reader must know before a time counts. */
function noteOf(result: RivalResult): string[] {
  if ("missing" in result) return [result.missing];
  const notes: string[] = [];
  if (!(result.difference <= SAME)) {
    notes.push("the result is another one, so its time does not count");
  }
  if (result.seconds.runs === 1) notes.push("timed once");
  return notes;
}

function cellsOf(result: RivalResult, ours: RivalResult): string[] {
  if ("missing" in result) return [];
  const { firstSeconds, seconds, flopsPerSecond, difference } = result;
  return [
    milliseconds(firstSeconds),
    milliseconds(seconds.min),
    milliseconds(seconds.median),
    giga(flopsPerSecond),
    "missing" in ours ? "-" : ratio(seconds.min / ours.seconds.min),
    difference.toExponential(1),
  ];
}
