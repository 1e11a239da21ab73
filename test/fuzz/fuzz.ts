import { dirname, join } from "node:path";
import { RandomStream } from "../../lib/random/mod.ts";
import type { Bytes } from "./bytes.ts";
import { type Ending, faultOf, runInvocations } from "./invocations.ts";
import type { FuzzTarget } from "./target.ts";

/** Cases that share a process. */
const AT_ONCE = 100;

/** What became of the cases of a target. */
export interface FuzzResult {
  readonly cases: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** What is wrong, by the names of the files that are kept in the folder. */
  readonly faults: readonly string[];
}

/** How a target is fuzzed. */
export interface FuzzOptions {
  /** A folder of its own; files of faulty cases stay in it. */
  readonly folder: string;
  readonly seed: number;
  readonly count: number;
  /** Told the number of cases done. */
  readonly onCases?: (done: number) => void;
}

/**
 * Runs spoiled files through a command line and looks at how each ends. Before
 * them it runs those that are not spoiled, which must be taken.
 */
export async function fuzz(
  target: FuzzTarget,
  { folder, seed, count, onCases = () => {} }: FuzzOptions,
): Promise<FuzzResult> {
  await target.prepare?.(folder);
  const seeds = await target.seeds();
  const faults: string[] = [];
  for (const [i, { extension, bytes, unsound }] of seeds.entries()) {
    const files = [{ name: `seed-${i}.${extension}`, bytes }];
    const [ending] = await run(target, { folder, files, faults });
    if (ending?.status === (unsound ? 2 : 0)) continue;
    faults.push(`seed ${i} ends with ${ending?.status}: ${ending?.said}`);
  }
  const endings: Ending[] = [];
  while (endings.length < count) {
    const first = endings.length;
    const files: CaseFile[] = [];
    for (let i = first; i < Math.min(count, first + AT_ONCE); i++) {
      const { extension, bytes } = seeds[i % seeds.length]!;
      const stream = `fuzz ${target.name}`;
      const draws = new RandomStream({ seed, stream, row: i });
      const spoiled = await target.spoil(bytes, draws);
      files.push({ name: `case-${i}.${extension}`, bytes: spoiled });
    }
    endings.push(...await run(target, { folder, files, faults }));
    onCases(endings.length);
  }
  return { ...summaryOf(endings), faults };
}

interface CaseFile {
  readonly name: string;
  readonly bytes: Bytes;
}

/**
 * Runs files in one process, adding what is wrong to the faults.
 *
 * @returns how they ended, fewer where the process died
 */
async function run(
  target: FuzzTarget,
  { folder, files, faults }: {
    readonly folder: string;
    readonly files: readonly CaseFile[];
    readonly faults: string[];
  },
): Promise<readonly Ending[]> {
  const paths = files.map(({ name }) =>
    join(folder, target.place?.(name) ?? name)
  );
  const beside = Object.entries(await target.beside?.() ?? {});
  for (const [i, { bytes }] of files.entries()) {
    const place = dirname(paths[i]!);
    await Deno.mkdir(place, { recursive: true });
    for (const [name, sound] of beside) {
      await Deno.writeFile(join(place, name), sound);
    }
    await Deno.writeFile(paths[i]!, bytes);
  }
  const commands = paths.map((path) => target.command(path));
  const endings = await runInvocations(commands, { cwd: folder });
  if (endings.length === 0) throw new Error("No command line has run");
  for (const [i, ending] of endings.entries()) {
    const names = files[i]!.name.replace(/\..*$/, "");
    const fault = faultOf(ending, { names });
    if (fault === undefined) await Deno.remove(paths[i]!);
    else faults.push(`${paths[i]}: ${fault}`);
  }
  return endings;
}

function summaryOf(endings: readonly Ending[]): Omit<FuzzResult, "faults"> {
  const refused = endings.filter(({ status }) => status === 2);
  return {
    cases: endings.length,
    refused: refused.length,
    slowestMs: Math.max(...endings.map(({ ms }) => ms)),
  };
}
