import assert from "node:assert/strict";
import { join } from "node:path";
import { digestBytes, digestFile } from "../../lib/artifact/mod.ts";
import type { RandomStream } from "../../lib/random/mod.ts";
import { ROOT } from "../stages/run_cli.ts";
import type { KilledStage } from "./stages.ts";

/** A run of a command line. */
interface Run {
  readonly code: number;
  readonly said: string;
  readonly ms: number;
}

/**
 * Runs a command line in a folder.
 *
 * @param killAfterMs when the process gets SIGKILL; never, if not given
 */
export async function run(
  { line }: KilledStage,
  { folder, killAfterMs }: { folder: string; killAfterMs?: number },
): Promise<Run> {
  const startMs = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...line.split(" ")],
    env: { INIT_CWD: folder, NO_COLOR: "1" },
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = killAfterMs === undefined
    ? undefined
    : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const { code, stderr } = await child.output();
  clearTimeout(kill);
  const said = new TextDecoder().decode(stderr);
  return { code, said, ms: performance.now() - startMs };
}

/**
 * Kills a command line at random moments, one to three times, then lets it end.
 *
 * @returns the moments, in milliseconds
 * @throws {AssertionError} where it does not end well, or leaves other bytes
 */
export async function killed(
  stage: KilledStage,
  { folder, draws, wholeMs, expected }: {
    readonly folder: string;
    readonly draws: RandomStream;
    /** How long it takes where nobody kills it. */
    readonly wholeMs: number;
    /** Digests of what it leaves then. */
    readonly expected: readonly string[];
  },
): Promise<readonly number[]> {
  const moments = Array.from(
    { length: 1 + draws.integer(3) },
    () => draws.integer(Math.ceil(wholeMs)),
  );
  for (const killAfterMs of moments) {
    await run(stage, { folder, killAfterMs });
  }
  const where = `${stage.name}, killed after ${moments.join(", ")} ms`;
  const { code, said } = await run(stage, { folder });
  assert.equal(code, 0, `${where}: ${said}`);
  assert.deepEqual(await digests(stage, folder), expected, where);
  return moments;
}

/** What a stage left: a digest of every file, by its path. */
export async function digests(
  { outputs }: KilledStage,
  folder: string,
): Promise<readonly string[]> {
  return await Promise.all(outputs.map(async (name) => {
    const path = join(folder, name);
    const { isDirectory } = await Deno.stat(path);
    return `${name} ${
      isDirectory ? await ofFolder(path) : await digestFile(path)
    }`;
  }));
}

async function ofFolder(path: string): Promise<string> {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  const lines = names.map(async (name) =>
    `${name} ${await digestFile(join(path, name))}`
  );
  return digestBytes((await Promise.all(lines)).join("\n"));
}
